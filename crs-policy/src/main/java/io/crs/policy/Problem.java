package io.crs.policy;

/**
 * One thing that is wrong with a document.
 *
 * @param pointer where, as an RFC 6901 JSON pointer: {@code /rules/0/port}; empty for the document as a whole
 * @param message what is wrong, in one line for a person, with the way out where there is one
 */
public record Problem(String pointer, String message) {
    @Override
    public String toString() {
        return pointer.isEmpty() ? message : pointer + ": " + message;
    }
}
