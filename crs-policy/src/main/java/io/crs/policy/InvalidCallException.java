package io.crs.policy;

/** Tells that the JSON form of a call is not valid; the message says what is wrong in one line. */
public final class InvalidCallException extends Exception {
    private static final long serialVersionUID = 1L;

    /** An exception with a message for a person. */
    public InvalidCallException(String message) {
        super(message);
    }
}
