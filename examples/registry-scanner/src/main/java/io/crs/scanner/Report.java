package io.crs.scanner;

import java.io.Closeable;
import java.io.IOException;

/** A form of the result, written as it comes. */
interface Report extends Closeable {
    /** Writes what was found of one image. */
    void add(Finding finding) throws IOException;

    /** Writes what comes after all. */
    void end(Summary summary) throws IOException;
}
