package io.crs.image;

/** Thrown where the place an image was read from does not have a blob the image refers to. */
public final class MissingBlobException extends InvalidImageException {
    private static final long serialVersionUID = 1L;

    /** Names the blob and the place. */
    public MissingBlobException(String message) {
        super(message);
    }
}
