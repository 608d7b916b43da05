package io.crs.image.inspect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    private final List<String> lines;

    private ExecutableList(List<String> lines) {
        this.lines = lines;
    }

    /**
     * Lists the executables of an image.
     *
     * @param files the files, read {@linkplain ImageFiles#readWithDigests with digests}; without them the list is empty
     */
    public static ExecutableList of(ImageFiles files) {
        List<Node> found = new ArrayList<>();
        collect(files.tree().root(), found);
        List<String> lines = new ArrayList<>(found.size());
        found.stream()
                .map(Line::of)
                .sorted((a, b) -> a.path.compareTo(b.path))
                .forEach(line -> lines.add(line.digest + " " + line.size + " " + line.path));
        return new ExecutableList(lines);
    }

    /** Returns how many files there are. */
    public int size() {
        return lines.size();
    }

    /** Returns the text of the list. */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((HEADER + "\n").getBytes(StandardCharsets.US_ASCII));
        lines.forEach(line -> out.writeBytes((line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
        return out.toByteArray();
    }

    private static void collect(Node folder, List<Node> found) {
        for (Node node : folder.children()) {
            if (node.isExecutable() && !node.digest.isEmpty()) {
                found.add(node);
            }
            collect(node, found);
        }
    }

    /** Paths are bytes, one a char, so that their order is the agent's. */
    private record Line(String digest, long size, String path) {
        static Line of(Node node) {
            String path = node.rawPath().replace("\\", "\\\\").replace("\n", "\\n");
            return new Line(node.digest, node.size, path);
        }
    }
}
