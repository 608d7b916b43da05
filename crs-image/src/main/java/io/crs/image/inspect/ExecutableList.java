package io.crs.image.inspect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The list of an image's executables: which file of an execution is the image's own, and unchanged.
 *
 * <p>In the layer it is text, read by the agent: the line {@value #HEADER}, then a line for each file with any execute
 * permission, its SHA-256 in hexadecimal, its size in bytes and its path without symbolic links, separated by single
 * blanks and ordered by the bytes of the path. A newline in a path is written {@code \n}, a backslash {@code \\}. Names of
 * one file (hard links) are lines of their own. Immutable.
 */
public final class ExecutableList {
    private static final String HEADER = "crs-executables 1";

    private final List<Line> lines;

    private ExecutableList(List<Line> lines) {
        this.lines = lines;
    }

    /**
     * Lists the executables of an image.
     *
     * @param files the files, read {@linkplain ImageFiles#readWithDigests with digests}; without them the list is empty
     */
    public static ExecutableList of(ImageFiles files) {
        List<Line> found = new ArrayList<>();
        collect(files.tree().root(), "/", found);
        found.sort(Comparator.comparing(Line::path));
        return new ExecutableList(found);
    }

    /** Returns how many files there are. */
    public int size() {
        return lines.size();
    }

    /** Returns the text of the list. */
    public byte[] toBytes() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Line line : lines) {
            text.append(line.digest)
                    .append(' ')
                    .append(line.size)
                    .append(' ')
                    .append(line.path)
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Paths are made on the way down: to go up from each file again takes longer than all else here. */
    private static void collect(Node folder, String path, List<Line> found) {
        for (Node node : folder.children()) {
            if (node.isExecutable() && !node.digest.isEmpty()) {
                found.add(new Line(node.digest, node.size, escaped(path + node.name)));
            } else if (node.isDirectory()) {
                collect(node, path + node.name + "/", found);
            }
        }
    }

    private static String escaped(String path) {
        return path.indexOf('\\') < 0 && path.indexOf('\n') < 0
                ? path
                : path.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** Paths are bytes, one a char, so that their order is the agent's. */
    private record Line(String digest, long size, String path) {}
}
