package io.crs.image;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * An image whose files can be asked for one by one, as a container would see them, so that a look at a few does not take
 * reading its layers.
 *
 * <p>Paths are absolute, no folder on their way is a link, and each {@code char} is one byte (ISO-8859-1). To be closed; for
 * one thread at a time.
 */
public interface FileAccess extends Closeable {
    /** What is at a path. */
    enum Kind {
        /** A regular file. */
        FILE,
        /** A folder. */
        DIRECTORY,
        /** A symbolic link. */
        SYMBOLIC_LINK,
        /** A device, a named pipe, a socket. */
        OTHER
    }

    /**
     * What a file is, links not followed.
     *
     * @param kind what it is
     * @param mode the permission bits, with set-user-ID, set-group-ID and sticky
     * @param link the target of a symbolic link, else empty
     */
    record Status(Kind kind, int mode, String link) {}

    /** Returns the digest the image is known by where it lies. */
    String id();

    /** Returns the configuration, a JSON document, as far as it is known: the platform, and what a container starts. */
    byte[] config();

    /** Returns how many layers the image has. */
    int layers();

    /** Returns what is at a path; empty if nothing is. */
    Optional<Status> status(String path) throws IOException;

    /**
     * Returns a file, or a folder with all that lies in it, as a tar archive whose names begin with the last part of the
     * path. The caller closes it.
     */
    InputStream archive(String path) throws IOException;
}
