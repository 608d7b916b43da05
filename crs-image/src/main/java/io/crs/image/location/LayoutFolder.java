package io.crs.image.location;

import io.crs.file.ReplacedFile;
import io.crs.image.Blob;
import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MissingBlobException;
import io.crs.image.format.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The files of an OCI image layout. */
final class LayoutFolder implements BlobSource {
    private final Path directory;

    LayoutFolder(Path directory) {
        this.directory = directory;
    }

    @Override
    public InputStream open(Descriptor descriptor) throws IOException {
        Path file = path(descriptor.digest());
        // Anything but a plain file could block the reader for ever.
        if (!Files.isRegularFile(file)) {
            throw new MissingBlobException("blob " + descriptor.digest() + " is missing: no file " + file);
        }
        long size = Files.size(file);
        if (size != descriptor.size()) {
            throw new InvalidImageException("blob " + descriptor.digest() + " is damaged: " + file + " has " + size
                    + " bytes, its descriptor says " + descriptor.size());
        }
        return Files.newInputStream(file);
    }

    @Override
    public String locate(Descriptor descriptor) {
        return path(descriptor.digest()).toString();
    }

    @Override
    public Optional<String> stamp(Descriptor descriptor) throws IOException {
        Path file = path(descriptor.digest());
        return Files.isRegularFile(file) ? FileStamp.of(file) : Optional.empty();
    }

    /** Makes an empty layout of the folder if it is none yet. */
    void create() throws IOException {
        Path marker = directory.resolve("oci-layout");
        if (!Files.exists(marker)) {
            if (Files.exists(directory.resolve("index.json")) || Files.exists(directory.resolve("blobs"))) {
                throw new InvalidImageException(directory + " is not an OCI layout: it has no file oci-layout");
            }
            Files.createDirectories(directory.resolve("blobs").resolve("sha256"));
            ReplacedFile.write(marker, out -> out.write(LayoutIndex.MARKER));
        }
    }

    /** Reads {@code index.json}; a layout just made has an empty one. */
    LayoutIndex readIndex() throws IOException {
        checkMarker();
        Path file = directory.resolve("index.json");
        return Files.exists(file) ? LayoutIndex.read(read(file), file.toString()) : LayoutIndex.empty(file.toString());
    }

    void writeIndex(LayoutIndex index) throws IOException {
        ReplacedFile.write(directory.resolve("index.json"), out -> out.write(index.toBytes()));
    }

    /** Copies a manifest and all it refers to, what it refers to first; blobs that are here already stay. */
    void copy(Manifest manifest) throws IOException {
        ReachableBlobs.visit(manifest, this::copy);
    }

    private void copy(Blob blob) throws IOException {
        Path file = path(blob.descriptor().digest());
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == blob.descriptor().size()) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        ReplacedFile.write(file, out -> {
            try (InputStream in = blob.open()) {
                in.transferTo(out);
            }
        });
    }

    private void checkMarker() throws IOException {
        Path marker = directory.resolve("oci-layout");
        if (!Files.isRegularFile(marker)) {
            throw new InvalidImageException(directory
                    + (Files.exists(directory)
                            ? " is not an OCI layout: it has no file oci-layout"
                            : " does not exist"));
        }
        LayoutIndex.checkMarker(read(marker), marker.toString());
    }

    private static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > Limits.MANIFEST_BYTES) {
            throw new InvalidImageException(file + " has " + size + " bytes, the limit is " + Limits.MANIFEST_BYTES);
        }
        return Files.readAllBytes(file);
    }

    private Path path(Digest digest) {
        return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }
}
