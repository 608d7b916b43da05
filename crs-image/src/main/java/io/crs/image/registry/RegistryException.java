package io.crs.image.registry;

import java.io.IOException;
import java.util.OptionalInt;

/**
 * Thrown where a registry refuses, fails, or cannot be asked; the message names the image, what was asked and what to do.
 * It holds no credentials.
 */
public class RegistryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    RegistryException(String message, int status) {
        super(message);
        this.status = status;
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** Returns the HTTP status the registry answered; empty where it did not answer. */
    public final OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }
}
