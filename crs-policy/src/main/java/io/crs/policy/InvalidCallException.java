package io.crs.policy;

import java.util.List;
import java.util.stream.Collectors;

/** Tells that the JSON form of a call is not valid; the message says all that is wrong in one line. */
public final class InvalidCallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** An exception for these problems, at least one. */
    public InvalidCallException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the document; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
