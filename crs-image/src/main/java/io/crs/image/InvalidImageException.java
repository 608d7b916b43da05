package io.crs.image;

import java.io.IOException;

/**
 * Thrown for an image that is damaged, contradicts itself, or goes over a limit; the message names the digest, the file
 * and what is wrong.
 */
public class InvalidImageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public InvalidImageException(String message) {
        super(message);
    }

    /** Says what is wrong, and by what it was noticed. */
    public InvalidImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
