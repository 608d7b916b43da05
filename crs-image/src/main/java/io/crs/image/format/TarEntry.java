package io.crs.image.format;

/**
 * The header of one entry of a tar archive.
 *
 * <p>Names are bytes, not text: each {@code char} of {@code name} and {@code link} is one byte (ISO-8859-1), so that
 * names which are not UTF-8 stay what they are.
 *
 * @param name the path as it is written, with any leading {@code ./} or {@code /} and trailing {@code /}
 * @param kind what the entry is
 * @param mode the permission bits, with set-user-ID, set-group-ID and sticky
 * @param size the length of the content in bytes; 0 unless the entry is a file
 * @param link the target of a symbolic or hard link, else empty
 * @param capabilities whether the file carries Linux capabilities
 * @param offset where the content begins, in bytes from the start of the archive
 */
public record TarEntry(String name, Kind kind, int mode, long size, String link, boolean capabilities, long offset) {
    /** What an entry is. */
    public enum Kind {
        /** A regular file. */
        FILE,
        /** A file stored with holes; its content is not given out. */
        SPARSE_FILE,
        /** A hard link to an earlier entry. */
        HARD_LINK,
        /** A symbolic link. */
        SYMBOLIC_LINK,
        /** A directory. */
        DIRECTORY,
        /** A device, a named pipe, or something newer. */
        OTHER
    }
}
