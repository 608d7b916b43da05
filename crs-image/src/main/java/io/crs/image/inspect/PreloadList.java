package io.crs.image.inspect;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The file of an image that tells glibc's loader what to load into every program, and the folder it lies in. */
public sealed interface PreloadList {
    /** Where the file lies. */
    String PATH = "/etc/ld.so.preload";

    /**
     * A file that could be read, or could be put where there is none.
     *
     * @param folder the attributes of {@code /etc}; those of a folder made anew where no layer says any
     * @param content the file's, each {@code char} one byte; empty where there is none
     */
    record Known(Folder folder, String content) implements PreloadList {}

    /**
     * A file, or a place for one, that is not what it should be.
     *
     * @param why what it is instead, a sentence without its full stop
     */
    record Odd(String why) implements PreloadList {}

    /**
     * The attributes of a folder.
     *
     * @param mode the permission bits, with set-user-ID, set-group-ID and sticky
     * @param uid the number of its owner
     * @param gid the number of its group
     * @param time when it was changed
     * @param extended its extended attributes by their names; each {@code char} of name and value is one byte
     */
    record Folder(int mode, long uid, long gid, Instant time, SortedMap<String, String> extended) {
        /** Copies the extended attributes. */
        public Folder {
            extended = Collections.unmodifiableSortedMap(new TreeMap<>(extended));
        }
    }
}
