package io.crs.cli;

import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Problem;
import java.util.List;

/** Ends a command with a message for the person, and an exit code. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final transient List<Problem> problems;

    private final transient List<String> reasons;

    private Refusal(int exitCode, String message, List<Problem> problems, List<String> reasons) {
        super(message);
        this.exitCode = exitCode;
        this.problems = problems;
        this.reasons = reasons;
    }

    /** The answer is no. */
    static Refusal no(String message) {
        return new Refusal(ExitCode.NO, message, List.of(), List.of());
    }

    /** The answer is no, for these reasons. */
    static Refusal no(String message, List<String> reasons) {
        return new Refusal(ExitCode.NO, message, List.of(), reasons);
    }

    /** The command line or what it names is not valid. */
    public static Refusal invalid(String message) {
        return invalid(message, List.of());
    }

    /** The command line or what it names is not valid, for these problems. */
    static Refusal invalid(String message, List<Problem> problems) {
        return new Refusal(ExitCode.INVALID, message, problems, List.of());
    }

    /** A document is not valid. */
    static Refusal invalid(String document, InvalidPolicyException e) {
        Refusal refusal = invalid(document + " is not a valid policy", e.problems());
        refusal.initCause(e);
        return refusal;
    }

    /** The exit code of the command. */
    public int exitCode() {
        return exitCode;
    }

    /** What is wrong with the document, if that is why; else empty. */
    List<Problem> problems() {
        return problems;
    }

    /** Why the answer is no; empty if the message says all. */
    List<String> reasons() {
        return reasons;
    }
}
