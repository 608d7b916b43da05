package io.crs.image.inspect;

import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.format.EntryName;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the entries of one layer, verified when it ends.
 *
 * <p>A file is read by its name. A hard link gives a file another name, such as that of a C library; if the file was not
 * read for what that name means, the layer is read once more for it.
 */
final class LayerScan {
    private static final int MOST_LINKS = 1000;

    private final Layer layer;
    private final boolean digests;
    private final FactReader facts = new FactReader();
    private final Map<String, TarEntry> links = new HashMap<>();

    /** What is done with each entry. */
    @FunctionalInterface
    interface Visitor {
        void visit(LayerEntry entry) throws IOException;
    }

    /**
     * A layer to be read.
     *
     * @param digests whether programs are digested
     */
    LayerScan(Layer layer, boolean digests) {
        this.layer = layer;
        this.digests = digests;
    }

    /**
     * Visits all entries in their order.
     *
     * @throws InvalidImageException if the layer is damaged, is not what its digests say, or goes over a limit
     */
    void each(Visitor visitor) throws IOException {
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, Limits.LAYER_ENTRIES);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                visitor.visit(read(entry, tar));
            }
            // What follows the archive is part of the layer's digest.
            in.transferTo(OutputStream.nullOutputStream());
        } catch (MalformedException e) {
            throw damaged(layer, e);
        }
        if (!links.isEmpty()) {
            readLinks(visitor);
        }
    }

    private LayerEntry read(TarEntry entry, TarReader tar) throws IOException {
        String path = EntryName.path(entry.name());
        links.remove(path);
        if (entry.kind() == TarEntry.Kind.HARD_LINK) {
            if (FactReader.isKnown(path) && links.size() < MOST_LINKS) {
                links.put(path, entry);
            }
            return new LayerEntry(entry, Optional.empty(), "", false);
        }
        if (entry.kind() == TarEntry.Kind.DIRECTORY) {
            return new LayerEntry(entry, PreloadSearch.folder(path, tar), "", false);
        }
        if (!FileTree.isInteresting(entry)) {
            return new LayerEntry(entry, Optional.empty(), "", false);
        }
        InputStream content = tar.content();
        if (!digests || (entry.mode() & 0111) == 0) {
            return new LayerEntry(entry, facts.read(path, entry, content), "", false);
        }
        MessageDigest hash = Digest.newSha256();
        DigestInputStream hashed = new DigestInputStream(content, hash);
        Optional<Facts> read = facts.read(path, entry, hashed);
        hashed.transferTo(OutputStream.nullOutputStream());
        return new LayerEntry(entry, read, HexFormat.of().formatHex(hash.digest()), false);
    }

    /** Reads what hard links point at once more, for what their own names mean. */
    private void readLinks(Visitor visitor) throws IOException {
        Map<String, List<TarEntry>> byTarget = new HashMap<>();
        links.values()
                .forEach(link -> byTarget.computeIfAbsent(EntryName.path(link.link()), target -> new ArrayList<>())
                        .add(link));
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, Limits.LAYER_ENTRIES);
            for (TarEntry entry = tar.next(); entry != null && !byTarget.isEmpty(); entry = tar.next()) {
                String path = EntryName.path(entry.name());
                if (entry.kind() == TarEntry.Kind.FILE && byTarget.containsKey(path)) {
                    readAs(byTarget.remove(path), entry, tar.content(), visitor);
                }
            }
        } catch (MalformedException e) {
            throw damaged(layer, e);
        }
    }

    /** The names of one file mean one thing at most: a second meaning would be a second reading. */
    private void readAs(List<TarEntry> names, TarEntry entry, InputStream content, Visitor visitor) throws IOException {
        String first = EntryName.path(names.get(0).name());
        FactReader.Purpose purpose = FactReader.purpose(first);
        if (FileTree.isInteresting(entry) && FactReader.purpose(EntryName.path(entry.name())) == purpose) {
            return;
        }
        Optional<Facts> read = facts.read(first, entry, content);
        for (TarEntry name : names) {
            if (FactReader.purpose(EntryName.path(name.name())) == purpose) {
                visitor.visit(new LayerEntry(name, read, "", true));
            }
        }
    }

    /** Bytes that are not the layer's own are what is wrong, whatever else they look like. */
    static InvalidImageException damaged(Layer layer, MalformedException e) throws IOException {
        layer.verify();
        return new InvalidImageException("layer " + layer.descriptor().digest() + ": " + e.getMessage(), e);
    }
}
