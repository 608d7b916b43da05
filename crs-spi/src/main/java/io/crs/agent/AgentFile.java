package io.crs.agent;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.regex.Pattern;

/**
 * One file of the agent, as it will lie in the agent's folder of an image.
 *
 * <p>A file is immutable: its bytes are copied in and out. Its path is relative to the agent's folder, made of plain
 * names separated by {@code /}; it has no set-user-ID, set-group-ID or sticky bit.
 */
public final class AgentFile {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*");
    private static final int LONGEST_PATH = 90;

    private final String path;
    private final int mode;
    private final byte[] content;

    /**
     * Describes a file.
     *
     * @param path where it lies in the agent's folder, such as {@code init} or {@code lib/libcrs.so}
     * @param mode its permission bits, such as {@code 0755}
     * @param content its bytes
     * @throws IllegalArgumentException if the path leaves the folder or is longer than 90 characters, or if the mode
     *     has bits other than permissions
     */
    public AgentFile(String path, int mode, byte[] content) {
        if (path.length() > LONGEST_PATH || !PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("\"" + path + "\" is not a path of the agent's folder");
        }
        if ((mode & ~0777) != 0) {
            throw new IllegalArgumentException(
                    "the mode " + Integer.toOctalString(mode) + " of " + path + " has bits other than permissions");
        }
        this.path = path;
        this.mode = mode;
        this.content = content.clone();
    }

    /** Returns the path relative to the agent's folder. */
    public String path() {
        return path;
    }

    /** Returns the permission bits. */
    public int mode() {
        return mode;
    }

    /** Returns the number of bytes. */
    public int size() {
        return content.length;
    }

    /** Returns a copy of the bytes. */
    public byte[] content() {
        return content.clone();
    }

    /** Returns a new stream over the bytes, which copies none of them. */
    public InputStream open() {
        return new ByteArrayInputStream(content);
    }

    /** Returns the path, mode and size, not the bytes. */
    @Override
    public String toString() {
        return path + " " + Integer.toOctalString(mode) + " " + content.length + " bytes";
    }
}
