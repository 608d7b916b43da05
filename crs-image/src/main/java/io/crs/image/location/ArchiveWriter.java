package io.crs.image.location;

import io.crs.file.ReplacedFile;
import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.format.Json;
import io.crs.image.format.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes one image as an archive that is both what {@code docker load} reads and an OCI layout. */
final class ArchiveWriter {
    private final Image image;
    private final Optional<String> reference;

    ArchiveWriter(Image image, Optional<String> reference) {
        this.image = image;
        this.reference = reference;
    }

    void write(Path file) throws IOException {
        refuseForeignLayers();
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        ReplacedFile.write(file, this::writeTo);
    }

    /** A layer that only its maker may give out has no place in an archive. */
    void refuseForeignLayers() throws InvalidImageException {
        for (Blob blob : image.blobs()) {
            if (MediaType.isForeignLayer(blob.descriptor().mediaType())) {
                throw new InvalidImageException("layer " + blob.descriptor().digest()
                        + " must not be given away, so an archive cannot hold this image: write it to a layout");
            }
        }
    }

    void writeTo(OutputStream out) throws IOException {
        TarWriter tar = new TarWriter(out);
        SortedMap<String, Blob> blobs = new TreeMap<>();
        for (Blob blob : image.blobs()) {
            blobs.put(ArchiveBlobs.path(blob.descriptor().digest()), blob);
        }
        Blob manifest = Blob.of(image.mediaType(), image.bytes());
        blobs.put(ArchiveBlobs.path(manifest.descriptor().digest()), manifest);
        BlobTar.write(tar, blobs);
        BlobTar.write(tar, "index.json", index(manifest.descriptor()).toBytes());
        BlobTar.write(
                tar, "manifest.json", Json.array(List.of(dockerManifest())).toBytes());
        BlobTar.write(tar, "oci-layout", LayoutIndex.MARKER);
        tar.finish();
    }

    private Json index(Descriptor manifest) {
        Json entry = LayoutIndex.entry(manifest, Optional.empty());
        if (reference.isPresent()) {
            String name = reference.get();
            entry = entry.with(
                    "annotations",
                    Json.object()
                            .with("io.containerd.image.name", Json.of(fullName(name)))
                            .with(LayoutIndex.REF_NAME, Json.of(name.substring(name.lastIndexOf(':') + 1))));
        }
        return LayoutIndex.empty("index.json").json().with("manifests", Json.array(List.of(entry)));
    }

    private Json dockerManifest() {
        List<Json> layers = image.layers().stream()
                .map(layer -> Json.of(ArchiveBlobs.path(layer.descriptor().digest())))
                .toList();
        return Json.object()
                .with(
                        "Config",
                        Json.of(ArchiveBlobs.path(
                                image.blobs().get(0).descriptor().digest())))
                .with(
                        "RepoTags",
                        reference.map(name -> Json.strings(List.of(name))).orElse(Json.ofNullable(Optional.empty())))
                .with("Layers", Json.array(layers));
    }

    /** The first part of a name is a registry only if it looks like a host. */
    private static String fullName(String name) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            return "docker.io/library/" + name;
        }
        String host = name.substring(0, slash);
        boolean isHost = host.contains(".") || host.contains(":") || host.equals("localhost");
        return isHost ? name : "docker.io/" + name;
    }
}
