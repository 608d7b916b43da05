package io.crs.policy;

import java.util.List;
import java.util.stream.Collectors;

/** Tells that a policy or configuration document is not valid, with everything that is wrong with it. */
public final class InvalidPolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** An exception for these problems, at least one. */
    public InvalidPolicyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the document; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
