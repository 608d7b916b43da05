package io.crs.cli;

/** The exit codes of the command. */
public final class ExitCode {
    /** Yes, or done. */
    public static final int DONE = 0;
    /** The answer is no. */
    public static final int NO = 1;
    /** Wrong usage, or invalid input. */
    public static final int INVALID = 2;
    /** Something outside failed: files, registries, the agent. */
    public static final int FAILED = 3;

    private ExitCode() {}
}
