package io.crs.image.daemon;

import java.io.IOException;

/** Thrown where the connection to an engine cannot be made, ends early, or is silent for too long. */
final class BrokenConnectionException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
