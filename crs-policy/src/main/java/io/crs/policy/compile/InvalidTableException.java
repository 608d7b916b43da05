package io.crs.policy.compile;

/** Bytes that are no sound decision table; the message says what is wrong, and where. */
public final class InvalidTableException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidTableException(String message) {
        super(message);
    }
}
