package io.crs.image.inspect;

import io.crs.image.Descriptor;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import io.crs.image.inspect.Facts.Script;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of an image as a container would see them, layers merged; found by streaming each layer once, without
 * unpacking anything.
 *
 * <p>Folders, links and programs are known, and what lies in the root; other files only where all were asked for. Every
 * digest of a layer that was read has been verified by the time this exists; a layer that a {@link FactCache} knows is not
 * unpacked, and not read at all where it does not lie in a file: what is known of it was verified when it was. Safe for all threads.
 */
public final class ImageFiles {
    private final Image image;
    private final FileTree tree;

    private ImageFiles(Image image, FileTree tree) {
        this.image = image;
        this.tree = tree;
    }

    /**
     * Reads all layers of an image, the lowest first.
     *
     * @throws InvalidImageException if a layer is damaged, is not what its digests say, or goes over a limit
     */
    public static ImageFiles read(Image image) throws IOException {
        return read(image, FactCache.none());
    }

    /**
     * Reads the layers of an image that the cache does not know, and puts into the cache what it read.
     *
     * @throws InvalidImageException as {@link #read(Image)}
     */
    public static ImageFiles read(Image image, FactCache cache) throws IOException {
        return read(image, new FileTree(false), new LayerFacts(cache, false));
    }

    /**
     * Reads all layers of an image, the lowest first, and digests every program.
     *
     * @throws InvalidImageException as {@link #read(Image)}
     * @see ExecutableList
     */
    public static ImageFiles readWithDigests(Image image) throws IOException {
        return readWithDigests(image, FactCache.none());
    }

    /**
     * Reads the layers of an image that the cache does not know with digests, and digests every program.
     *
     * @throws InvalidImageException as {@link #read(Image)}
     */
    public static ImageFiles readWithDigests(Image image, FactCache cache) throws IOException {
        return read(image, new FileTree(false), new LayerFacts(cache, true));
    }

    /**
     * Reads all layers of an image, the lowest first, and keeps the name of every file.
     *
     * @throws InvalidImageException as {@link #read(Image)}; also if there are more than a million files
     */
    public static ImageFiles readAll(Image image) throws IOException {
        return readAll(image, FactCache.none());
    }

    /**
     * Reads the layers of an image that the cache does not know, and keeps the name of every file.
     *
     * @throws InvalidImageException as {@link #readAll(Image)}
     */
    public static ImageFiles readAll(Image image, FactCache cache) throws IOException {
        return read(image, new FileTree(true), new LayerFacts(cache, false));
    }

    private static ImageFiles read(Image image, FileTree tree, LayerFacts facts) throws IOException {
        for (int i = 0; i < image.layers().size(); i++) {
            Descriptor described = image.layers().get(i).descriptor();
            if (described.size() == 0) {
                tree.note("layer " + described.digest() + " has no bytes, which counts as an empty one");
            }
            facts.each(image.layers().get(i), new Merge(tree, i));
        }
        return new ImageFiles(image, tree);
    }

    /** Puts the entries of a layer into the merged view, and numbers them. */
    private static final class Merge implements LayerScan.Visitor {
        private final FileTree tree;
        private final int layer;
        private long number;

        Merge(FileTree tree, int layer) {
            this.tree = tree;
            this.layer = layer;
        }

        @Override
        public void visit(LayerEntry entry) throws IOException {
            Node node = tree.apply(entry, layer);
            if (node != null && entry.header().kind() == TarEntry.Kind.FILE) {
                node.contentEntry = number;
                node.digest = entry.digest();
                node.size = entry.header().size();
            }
            number += entry.learned() ? 0 : 1;
        }
    }

    /** Returns the names of everything in the root folder. */
    public Set<String> rootNames() {
        Set<String> names = new TreeSet<>();
        tree.root().children().forEach(node -> names.add(Node.text(node.name)));
        return names;
    }

    /**
     * Resolves a path as a process in the container would, through all symbolic links.
     *
     * @param path an absolute path
     * @return the path without links; empty if nothing known is there, or if links go in circles
     */
    public Optional<String> resolve(String path) {
        return tree.find(Node.raw(path)).node().map(Node::path);
    }

    /**
     * Returns the paths that were asked for since these files were read, and that nothing known is at: absolute, each
     * {@code char} one byte, without links as far as there are folders; not more than a thousand.
     */
    public List<String> missed() {
        return tree.missed();
    }

    /** Returns the paths of the files that are known, in order; folders and links are not among them. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        collectFiles(tree.root(), paths);
        paths.sort(null);
        return paths;
    }

    private static void collectFiles(Node folder, List<String> paths) {
        for (Node node : folder.children()) {
            if (node.kind == Node.Kind.FILE) {
                paths.add(node.path());
            } else {
                collectFiles(node, paths);
            }
        }
    }

    /**
     * Returns the interpreter that the first line of a script names.
     *
     * @param path an absolute path, through links or not
     * @return empty if there is no such program, or it is not a script
     */
    public Optional<String> interpreter(String path) {
        return tree.find(Node.raw(path))
                .node()
                .map(node -> node.facts instanceof Script script ? script.interpreter() : null);
    }

    /** Returns the paths of the programs that run with other rights than their caller's, in order. */
    public List<String> privilegedFiles() {
        List<String> found = new ArrayList<>();
        collectPrivileged(tree.root(), found);
        found.sort(null);
        return found;
    }

    /** Returns what the loader puts into every program of the image, as its files say. */
    public PreloadList preloadList() {
        return PreloadSearch.of(tree);
    }

    FileTree tree() {
        return tree;
    }

    /** Returns the digest of the layer a node's content lies in. */
    String layerOf(Node node) {
        return image.layers().get(node.contentLayer).descriptor().digest().toString();
    }

    /** Something done with the content of a file. */
    @FunctionalInterface
    interface ContentReader<T> {
        T read(InputStream content) throws IOException;
    }

    /** Reads the content of a file again, from its layer. */
    <T> T content(Node node, ContentReader<T> reader) throws IOException {
        Layer layer = image.layers().get(node.contentLayer);
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, Limits.LAYER_ENTRIES);
            TarEntry entry = tar.next();
            for (long number = 0; entry != null && number < node.contentEntry; number++) {
                entry = tar.next();
            }
            return reader.read(entry == null ? InputStream.nullInputStream() : tar.content());
        } catch (MalformedException e) {
            throw LayerScan.damaged(layer, e);
        }
    }

    private static void collectPrivileged(Node folder, List<String> found) {
        for (Node node : folder.children()) {
            if (right(node) != null) {
                found.add(node.path());
            }
            collectPrivileged(node, found);
        }
    }

    /** Returns what rights a file runs with that its caller has not; null if none. */
    static @Nullable String right(Node node) {
        if (node.capabilities) {
            return "file capabilities";
        }
        if (!node.isExecutable()) {
            return null;
        }
        return (node.mode & 04000) != 0 ? "set-user-ID" : (node.mode & 02000) != 0 ? "set-group-ID" : null;
    }
}
