package io.crs.image.inspect;

import io.crs.image.format.TarAttributes;
import java.util.List;

/** What one file of an image says that matters here. */
sealed interface Facts {
    /**
     * An ELF file, by its header and program headers.
     *
     * @param machine the number of the processor ({@code e_machine})
     * @param shared whether it is position-independent ({@code ET_DYN})
     * @param interpreter the path of its loader; empty if it has none
     * @param dynamic whether it has a dynamic section
     * @param go the version of Go that made it, such as {@code go1.21.5}; {@code go} if that is not told, empty if Go did not
     *     make it
     */
    record Elf(int machine, boolean shared, String interpreter, boolean dynamic, String go) implements Facts {
        boolean isStatic() {
            return interpreter.isEmpty();
        }

        Elf madeBy(String version) {
            return new Elf(machine, shared, interpreter, dynamic, version);
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

    /**
     * A file that tells the distribution.
     *
     * @param id such as {@code debian}; empty if it does not tell
     * @param version such as {@code 12}; empty if it does not tell
     */
    record Release(String id, String version) implements Facts {}

    /** The C library's packages of a package database. */
    record Packages(List<Installed> installed) implements Facts {
        public Packages {
            installed = List.copyOf(installed);
        }
    }

    /**
     * A package that is installed.
     *
     * @param architecture as the distribution names it; empty if the database does not tell
     */
    record Installed(String name, String version, String architecture) {}

    /** The attributes of a folder. */
    record Folder(TarAttributes attributes) implements Facts {}

    /**
     * The content of a {@link PreloadList}.
     *
     * @param content each {@code char} one byte
     */
    record Preloads(String content) implements Facts {}

    /** A package database, or what a {@link PreloadList} is about, that could not be read. */
    record Unreadable(String why) implements Facts {}
}
