package io.crs.cli;

/** The exit codes of the command. */
final class ExitCode {
    /** Yes, or done. */
    static final int DONE = 0;
    /** The answer is no. */
    static final int NO = 1;
    /** Wrong usage, or invalid input. */
    static final int INVALID = 2;
    /** Something outside failed: files, registries, the agent. */
    static final int FAILED = 3;

    private ExitCode() {}
}
