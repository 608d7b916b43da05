package io.crs.image.inspect;

import io.crs.image.InvalidImageException;
import io.crs.image.format.EntryName;
import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Node.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merged view of an image's layers: what a container would see.
 *
 * <p>Unless every name is asked for, only what paths are resolved by is kept: folders, symbolic links, programs, the few
 * files whose facts matter, and whatever lies directly in the root. Other files only take away what they replace. Layers are applied from the lowest
 * up, each with the rules of the OCI layer format: a whiteout hides what lower layers have, never what its own layer has,
 * wherever in the layer it stands.
 */
final class FileTree {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final int MOST_NODES = 1_000_000;
    private static final int MOST_FINDINGS = 20;

    private final Node root = new Node(null, "", Kind.DIRECTORY, "", 0, 0755);
    private final Set<String> findings = new LinkedHashSet<>();
    private final PathResolver resolver = new PathResolver(root);
    private final boolean everyName;
    private int nodes;

    private @Nullable Node lastFolder;
    private String lastPath = "";
    private int lastLayer;

    /**
     * An empty view.
     *
     * @param everyName whether the names of all files are kept
     */
    FileTree(boolean everyName) {
        this.everyName = everyName;
    }

    Node root() {
        return root;
    }

    /** Returns what is odd about the layers, one sentence each. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    /**
     * Puts an entry of a layer into the view.
     *
     * @return the node of a file whose content may matter, or null
     * @throws InvalidImageException for a whiteout without a name
     */
    @Nullable
    Node apply(LayerEntry read, int layer) throws InvalidImageException {
        TarEntry entry = read.header();
        if (read.learned()) {
            learn(EntryName.parts(entry.name()), layer, read.facts());
            return null;
        }
        String path = EntryName.path(entry.name());
        noteClimbing(entry.name());
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        if (name.isEmpty()) {
            return null;
        }
        if (name.startsWith(WHITEOUT)) {
            whiteout(EntryName.parts(path.substring(0, slash)), name, layer, entry);
            return null;
        }
        Node parent = folder(path.substring(0, slash), layer);
        return switch (entry.kind()) {
            case DIRECTORY -> directory(parent, name, layer, read);
            case SYMBOLIC_LINK -> add(new Node(parent, name, Kind.SYMBOLIC_LINK, entry.link(), layer, entry.mode()));
            case HARD_LINK -> hardLink(parent, name, layer, entry);
            default -> file(parent, name, path, layer, read);
        };
    }

    /** Returns whether the content of a file may matter. */
    static boolean isInteresting(TarEntry entry) {
        return entry.kind() == TarEntry.Kind.FILE && isKept(entry, EntryName.path(entry.name()));
    }

    private static boolean isKept(TarEntry file, String path) {
        return (file.mode() & 0111) != 0 || FactReader.isKnown(path);
    }

    /** The outcome of looking a path up: a node, or none because there is none or because links go in circles. */
    record Lookup(Optional<Node> node, boolean loops) {}

    /** Looks a path up as a process in the container would, following links within the image, never out of it. */
    Lookup find(String path) {
        return resolver.find(root, path);
    }

    /** Looks a path up from a folder. */
    Lookup find(Node from, String path) {
        return resolver.find(from, path);
    }

    /** Returns the paths that were looked up in vain, from the last folder there is, in the order they were. */
    List<String> missed() {
        return resolver.missed();
    }

    /** What climbs above the root stays at the root. */
    private void noteClimbing(String name) {
        if (EntryName.climbs(name)) {
            note("an entry has a name with \"..\": " + Node.text(name));
        }
    }

    /** Most entries go where the one before went, which holds until anything is taken away or replaced. */
    private Node folder(String path, int layer) throws InvalidImageException {
        if (lastFolder == null || layer != lastLayer || !path.equals(lastPath)) {
            lastFolder = folder(EntryName.parts(path), layer);
            lastPath = path;
            lastLayer = layer;
        }
        return lastFolder;
    }

    /** Finds the folder an entry goes into, or makes it as an unpacker would. */
    private Node folder(List<String> path, int layer) throws InvalidImageException {
        Node at = root;
        for (String part : path) {
            Node next = at.child(part);
            if (next != null && next.kind == Kind.SYMBOLIC_LINK && next.layer == layer) {
                next = find(at, next.link).node().orElse(null);
            }
            if (next == null || !next.isDirectory()) {
                if (next != null && next.layer < layer) {
                    note("a layer writes below " + next.path() + ", which is no folder in the layers under it; "
                            + "runtimes differ in what they make of it");
                }
                next = add(new Node(at, part, Kind.DIRECTORY, "", layer, 0755));
            }
            at = next;
        }
        return at;
    }

    private Node directory(Node parent, String name, int layer, LayerEntry read) throws InvalidImageException {
        Node old = parent.child(name);
        int mode = read.header().mode();
        Node node =
                old == null || !old.isDirectory() ? add(new Node(parent, name, Kind.DIRECTORY, "", layer, mode)) : old;
        node.layer = layer;
        node.mode = mode;
        node.facts = read.facts().orElse(null);
        return node;
    }

    private @Nullable Node hardLink(Node parent, String name, int layer, TarEntry entry) throws InvalidImageException {
        Node target = root;
        noteClimbing(entry.link());
        for (String part : EntryName.parts(entry.link())) {
            target = target == null ? null : target.child(part);
        }
        remove(parent, name);
        if (target == null || target.isDirectory()) {
            // What the link points at was of no interest by its own name; it may be by this one.
            boolean isKept = isAlwaysKept(parent, name) || FactReader.isKnown(EntryName.path(entry.name()));
            return isKept ? add(new Node(parent, name, Kind.FILE, "", layer, 0)) : null;
        }
        Node link = new Node(parent, name, target.kind, target.link, layer, target.mode);
        link.capabilities = target.capabilities;
        link.facts = target.facts;
        link.contentLayer = target.contentLayer;
        link.contentEntry = target.contentEntry;
        link.digest = target.digest;
        link.size = target.size;
        return add(link);
    }

    /** Takes up what a hard link of the layer says, unless the layer has put something else in its place. */
    private void learn(List<String> path, int layer, Optional<Facts> facts) {
        Node node = root;
        for (String part : path) {
            node = node == null ? null : node.child(part);
        }
        if (node != null && node.kind == Kind.FILE && node.layer == layer) {
            node.facts = facts.orElse(null);
            node.contentLayer = layer;
        }
    }

    private @Nullable Node file(Node parent, String name, String path, int layer, LayerEntry read)
            throws InvalidImageException {
        TarEntry entry = read.header();
        boolean isFile = entry.kind() == TarEntry.Kind.FILE || entry.kind() == TarEntry.Kind.SPARSE_FILE;
        if (!isAlwaysKept(parent, name) && !(isFile && isKept(entry, path))) {
            remove(parent, name);
            return null;
        }
        Node node = new Node(parent, name, Kind.FILE, "", layer, isFile ? entry.mode() : 0);
        node.capabilities = entry.capabilities();
        node.facts = read.facts().orElse(null);
        node.contentLayer = layer;
        return add(node);
    }

    /** That there is a list of what is preloaded matters, even where it is none that could be read. */
    private boolean isAlwaysKept(Node parent, String name) {
        return everyName || parent == root || PreloadSearch.isFile(parent, name);
    }

    private Node add(Node node) throws InvalidImageException {
        if (++nodes > MOST_NODES) {
            throw new InvalidImageException("the image has more than " + MOST_NODES + " "
                    + (everyName ? "files" : "folders, links and programs") + ", which is the limit");
        }
        if (node.parent != null && node.parent.put(node)) {
            lastFolder = null;
        }
        return node;
    }

    private void remove(Node parent, String name) {
        if (parent.remove(name)) {
            lastFolder = null;
        }
    }

    private void whiteout(List<String> folder, String name, int layer, TarEntry entry) throws InvalidImageException {
        String hidden = name.substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new InvalidImageException(
                    "layer " + layer + " has a whiteout of no name: " + Node.text(entry.name()));
        }
        Node parent = root;
        for (String part : folder) {
            parent = parent == null ? null : parent.child(part);
        }
        if (parent == null) {
            return;
        }
        if (name.equals(OPAQUE)) {
            prune(parent, layer);
        } else if (!hidden.startsWith(WHITEOUT)) {
            hide(parent, hidden, layer);
        }
    }

    private void hide(Node parent, String name, int layer) {
        Node node = parent.child(name);
        if (node == null) {
            return;
        }
        if (node.layer == layer) {
            note("a layer has both " + node.path()
                    + " and a whiteout of it; it is kept, though some runtimes remove it");
        }
        prune(node, layer);
        if (node.layer < layer && node.children().isEmpty()) {
            remove(parent, name);
        }
    }

    /** Takes away everything under a node that lower layers wrote. */
    private void prune(Node node, int layer) {
        for (Node child : List.copyOf(node.children())) {
            prune(child, layer);
            if (child.layer < layer && child.children().isEmpty()) {
                remove(node, child.name);
            }
        }
    }

    /** Takes down what is odd, as far as there is room. */
    void note(String finding) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}
