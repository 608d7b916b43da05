package io.crs.image.location;

import io.crs.file.ReplacedFile;
import io.crs.image.Blob;
import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of an OCI image layout. */
final class LayoutFolder implements BlobSource {
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    private static final Logger LOG = LoggerFactory.getLogger(LayoutFolder.class);

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

    /** Makes an empty layout of the folder if it is none yet. */
    void create() throws IOException {
        Path marker = directory.resolve("oci-layout");
        if (!Files.exists(marker)) {
            if (Files.exists(directory.resolve("index.json")) || Files.exists(directory.resolve("blobs"))) {
                throw new InvalidImageException(directory + " is not an OCI layout: it has no file oci-layout");
            }
            Files.createDirectories(directory.resolve("blobs").resolve("sha256"));
            ReplacedFile.write(marker, out -> out.write(MARKER));
        }
    }

    /** Reads {@code index.json}; a layout just made has an empty one. */
    Json readIndex() throws IOException {
        checkMarker();
        Path file = directory.resolve("index.json");
        if (!Files.exists(file)) {
            return emptyIndex();
        }
        Json index = read(file);
        if (index.get("manifests").filter(Json::isArray).isEmpty()
                || index.get("layers").isPresent()
                || index.get("config").isPresent()) {
            throw new InvalidImageException(file + " is not an image index");
        }
        return index;
    }

    void writeIndex(Json index) throws IOException {
        ReplacedFile.write(directory.resolve("index.json"), out -> out.write(index.toBytes()));
    }

    /** Copies a manifest and all it refers to, what it refers to first; blobs that are here already stay. */
    void copy(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex index) {
            for (Descriptor entry : index.entries()) {
                copy(entry, index);
            }
        }
        for (Blob blob : manifest.blobs()) {
            if (!MediaType.isForeignLayer(blob.descriptor().mediaType())) {
                copy(blob);
            }
        }
        copy(Blob.of(manifest.mediaType(), manifest.bytes()));
    }

    private void copy(Descriptor entry, ImageIndex index) throws IOException {
        try {
            copy(index.read(entry));
        } catch (MissingBlobException e) {
            // A restored index lists attestations that did not come along; without them it is complete all the same.
            if (!entry.isAttestation()) {
                throw e;
            }
            LOG.warn("{} lists the attestation {}, which is not there to be copied", index.digest(), entry.digest());
        }
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

    static Json emptyIndex() {
        return Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(List.of()));
    }

    static List<Descriptor> entries(Json index, Path directory) throws InvalidImageException {
        List<Json> elements = index.get("manifests").orElse(Json.object()).elements();
        List<Descriptor> entries = new ArrayList<>();
        for (Json element : elements) {
            entries.add(Descriptor.read(
                    element.toBytes(), directory.resolve("index.json").toString()));
        }
        return entries;
    }

    static Json entry(Descriptor descriptor, Optional<String> name) {
        Json entry = Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("digest", Json.of(descriptor.digest().toString()))
                .with("size", Json.of(descriptor.size()));
        return name.map(text -> entry.with("annotations", Json.object().with(REF_NAME, Json.of(text))))
                .orElse(entry);
    }

    /** Returns the name of an image in the layout; blank if it has none. */
    static String nameOf(Descriptor descriptor) {
        return descriptor.annotations().getOrDefault(REF_NAME, "");
    }

    private void checkMarker() throws IOException {
        Path marker = directory.resolve("oci-layout");
        if (!Files.isRegularFile(marker)) {
            throw new InvalidImageException(directory
                    + (Files.exists(directory)
                            ? " is not an OCI layout: it has no file oci-layout"
                            : " does not exist"));
        }
        String version = read(marker).text("imageLayoutVersion").orElse("none");
        if (!version.equals("1.0.0")) {
            throw new InvalidImageException(marker + " states the layout version " + version + ", only 1.0.0 is known");
        }
    }

    private static Json read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > Limits.MANIFEST_BYTES) {
            throw new InvalidImageException(file + " has " + size + " bytes, the limit is " + Limits.MANIFEST_BYTES);
        }
        try {
            return Json.parse(Files.readAllBytes(file), file.toString());
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }

    private Path path(Digest digest) {
        return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }
}
