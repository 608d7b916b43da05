package io.crs.image.location;

import io.crs.file.ReplacedFile;
import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.format.TarWriter;
import io.crs.image.location.ArchiveFile.Slot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a layout as one archive, with what the archive held before. */
final class LayoutArchiveWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LayoutArchiveWriter.class);
    private static final String KEPT_TYPE = "application/octet-stream";
    private static final long MOST_MANIFEST_BYTES = 256L << 20;

    private final Path file;
    private final Optional<String> tag;
    private final SortedMap<String, Blob> blobs = new TreeMap<>();
    private long manifestBytes;

    LayoutArchiveWriter(Path file, Optional<String> tag) {
        this.file = file;
        this.tag = tag;
    }

    void write(Manifest manifest) throws IOException {
        LayoutIndex index = LayoutIndex.empty("index.json in " + file);
        if (Files.exists(file) && !(Files.isRegularFile(file) && Files.size(file) == 0)) {
            LayoutArchive old = LayoutArchive.open(file);
            refuseToLose(old);
            index = old.index();
            keep(old, manifest.descriptor());
        }
        ReachableBlobs.visit(manifest, this::add);
        LayoutIndex complete = index.with(manifest.descriptor(), tag);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        ReplacedFile.write(file, out -> writeTo(out, complete));
    }

    private void writeTo(OutputStream out, LayoutIndex index) throws IOException {
        TarWriter tar = new TarWriter(out);
        BlobTar.write(tar, "oci-layout", LayoutIndex.MARKER);
        BlobTar.write(tar, "index.json", index.toBytes());
        BlobTar.write(tar, blobs);
        tar.finish();
    }

    /** Manifests are in memory until they are written, since they may be new. */
    private void add(Blob blob) throws InvalidImageException {
        if (isManifest(blob.descriptor())) {
            manifestBytes += blob.descriptor().size();
            if (manifestBytes > MOST_MANIFEST_BYTES) {
                throw new InvalidImageException("the manifests of the image have more than " + MOST_MANIFEST_BYTES
                        + " bytes together, which is the limit");
            }
        }
        blobs.put(ArchiveBlobs.path(blob.descriptor().digest()), blob);
    }

    private static void refuseToLose(LayoutArchive old) throws InvalidImageException {
        if (old.archive().find("manifest.json").isPresent()) {
            throw new InvalidImageException(old.archive().path()
                    + " is an archive of docker save as well, which writing would end: name another file");
        }
    }

    /** Keeps every blob but those that belong to what is replaced, and to nothing else. */
    private void keep(LayoutArchive old, Descriptor written) throws IOException {
        Set<Digest> useless = useless(old, written);
        for (Slot slot : old.archive().under("blobs/")) {
            Optional<Digest> digest = digest(slot.name());
            if (digest.isPresent() && !useless.contains(digest.get())) {
                Descriptor descriptor = new Descriptor(KEPT_TYPE, digest.get(), slot.size());
                blobs.put(ArchiveBlobs.path(digest.get()), new Blob(descriptor, old.blobs()));
            }
        }
    }

    private Set<Digest> useless(LayoutArchive old, Descriptor written) throws IOException {
        Set<Digest> needed = new HashSet<>();
        Set<Digest> replaced = new HashSet<>();
        for (Descriptor entry : old.index().entries()) {
            Set<Digest> digests = LayoutIndex.isReplaced(entry, written, tag) ? replaced : needed;
            digests.add(entry.digest());
            try {
                if (isManifest(entry)) {
                    ReachableBlobs.visit(
                            Manifest.read(entry, old.blobs()),
                            blob -> digests.add(blob.descriptor().digest()));
                }
            } catch (InvalidImageException e) {
                LOG.warn("all blobs of {} are kept, since {} in it is damaged", file, entry.digest(), e);
                return Set.of();
            }
        }
        replaced.removeAll(needed);
        return replaced;
    }

    private static boolean isManifest(Descriptor descriptor) {
        return MediaType.isIndex(descriptor.mediaType()) || MediaType.isManifest(descriptor.mediaType());
    }

    private static Optional<Digest> digest(String name) {
        String[] parts = name.split("/", -1);
        try {
            return parts.length == 3 ? Optional.of(Digest.parse(parts[1] + ":" + parts[2])) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
