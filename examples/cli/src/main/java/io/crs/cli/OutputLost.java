package io.crs.cli;

import java.io.IOException;

/** Tells that standard output takes no more. */
public final class OutputLost extends IOException {
    private static final long serialVersionUID = 1L;

    OutputLost(IOException cause) {
        super("standard output: " + cause.getMessage(), cause);
    }

    /** Whether its reader has gone, as of {@code crs … | head}, which is no news to anyone. */
    boolean readerIsGone() {
        return String.valueOf(getMessage()).endsWith(": Broken pipe");
    }
}
