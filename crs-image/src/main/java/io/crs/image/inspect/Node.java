package io.crs.image.inspect;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A folder, link or file of the merged view; names are bytes, one a char. */
final class Node {
    /** What a node is. */
    enum Kind {
        DIRECTORY,
        SYMBOLIC_LINK,
        FILE
    }

    final @Nullable Node parent;
    final String name;
    final Kind kind;

    /** The target of a symbolic link, else empty. */
    final String link;

    /** The layer that wrote the node last, counted from 0. */
    int layer;

    int mode;
    boolean capabilities;

    @Nullable
    Facts facts;

    /** The layer and the number of the entry in it that hold a file's content; a hard link shares them. */
    int contentLayer;

    long contentEntry;

    /** SHA-256 of the content in hexadecimal, and its length; empty where it was not asked for. */
    String digest = "";

    long size;

    private @Nullable Map<String, Node> children;

    Node(@Nullable Node parent, String name, Kind kind, String link, int layer, int mode) {
        this.parent = parent;
        this.name = name;
        this.kind = kind;
        this.link = link;
        this.layer = layer;
        this.mode = mode;
    }

    boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    boolean isExecutable() {
        return kind == Kind.FILE && (mode & 0111) != 0;
    }

    @Nullable
    Node child(String childName) {
        return children == null ? null : children.get(childName);
    }

    Collection<Node> children() {
        return children == null ? List.of() : children.values();
    }

    /** Returns whether the child took another one's place. */
    boolean put(Node child) {
        if (children == null) {
            children = new LinkedHashMap<>(4);
        }
        return children.put(child.name, child) != null;
    }

    /** Returns whether there was such a child. */
    boolean remove(String childName) {
        return children != null && children.remove(childName) != null;
    }

    /** Returns the absolute path as bytes, one a char. */
    String rawPath() {
        if (parent == null) {
            return "/";
        }
        String folder = parent.rawPath();
        return folder.equals("/") ? "/" + name : folder + "/" + name;
    }

    /** Returns the absolute path as text. */
    String path() {
        return text(rawPath());
    }

    /** Reads bytes, one a char, as UTF-8. */
    static String text(String raw) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Writes text as the bytes of its UTF-8, one a char. */
    static String raw(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
