package io.crs.image.inspect;

import java.util.Map;

/** What one file of an image says that matters here. */
sealed interface Facts {
    /**
     * An ELF file, by its header and program headers.
     *
     * @param machine the number of the processor ({@code e_machine})
     * @param shared whether it is position-independent ({@code ET_DYN})
     * @param interpreter the path of its loader; empty if it has none
     * @param dynamic whether it has a dynamic section
     */
    record Elf(int machine, boolean shared, String interpreter, boolean dynamic) implements Facts {
        boolean isStatic() {
            return interpreter.isEmpty();
        }
    }

    /**
     * A text that names its interpreter in the first line.
     *
     * @param interpreter the path after {@code #!}
     * @param argument the rest of the line; may be empty
     */
    record Script(String interpreter, String argument) implements Facts {}

    /**
     * A C library.
     *
     * @param kind {@code glibc} or {@code musl}
     * @param version its version, such as {@code 2.36}
     * @param revision the package version its banner names; empty if none
     */
    record CLibrary(String kind, String version, String revision) implements Facts {}

    /** The lines of {@code os-release}. */
    record OsRelease(Map<String, String> values) implements Facts {}

    /** The C library's packages of a package database, version by name. */
    record Packages(Map<String, String> versions) implements Facts {}
}
