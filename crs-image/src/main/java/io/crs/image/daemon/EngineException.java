package io.crs.image.daemon;

import java.io.IOException;

/** Thrown where an engine answers a call with an error, and gives its words for it. */
public final class EngineException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    EngineException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Returns the status of HTTP the engine answered with; 200 where it told of the error only further on. */
    public int status() {
        return status;
    }
}
