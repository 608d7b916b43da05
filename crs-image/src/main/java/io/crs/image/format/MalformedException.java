package io.crs.image.format;

import java.io.IOException;

/** Thrown for bytes that are not what they claim to be, or that go over a limit. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong, and where. */
    public MalformedException(String message) {
        super(message);
    }

    /** Says what is wrong, and where, with the cause. */
    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns what is wrong. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
