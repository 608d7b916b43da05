package io.crs.event;

/** Thrown for a line that is not an event; says what is wrong and where. */
public final class EventFormatException extends Exception {
    private static final long serialVersionUID = 1;

    private final int column;

    EventFormatException(String message, int column) {
        // Without a stack trace: it says nothing of the line, and a stream may have millions that are wrong.
        super(message + " (column " + column + ")", null, false, false);
        this.column = column;
    }

    /** The character of the line where reading stopped or the wrong value begins, from 1. */
    public int column() {
        return column;
    }
}
