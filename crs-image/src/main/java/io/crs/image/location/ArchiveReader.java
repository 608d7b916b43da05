package io.crs.image.location;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.format.Compression;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.location.ArchiveFile.Slot;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the images of an archive made by {@code docker save}. */
final class ArchiveReader {
    private static final String ZSTD_LAYER = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    private final ArchiveFile archive;

    ArchiveReader(ArchiveFile archive) {
        this.archive = archive;
    }

    Image read(Optional<String> reference) throws IOException {
        Json chosen = choose(list(), reference);
        Slot config = slot(chosen.text("Config").orElse(""), "the configuration");
        Optional<Image> complete = fromLayout(Digest.of(archive.bytes(config, Limits.CONFIG_BYTES)));
        return complete.isPresent() ? complete.get() : fromFiles(config, chosen.texts("Layers"));
    }

    /** Returns the elements of {@code manifest.json}, one an image. */
    List<Json> list() throws IOException {
        Optional<Slot> slot = archive.find("manifest.json");
        if (slot.isEmpty()) {
            String hint = archive.find("repositories").isPresent()
                    ? ": it is from a Docker before 1.10, load it and save it again with a current one"
                    : archive.find("oci-layout").isPresent() ? ": it is an OCI layout, name it oci-archive:FILE" : "";
            throw new InvalidImageException(archive.path() + " has no manifest.json" + hint);
        }
        return parse(archive.bytes(slot.get(), Limits.MANIFEST_BYTES), "manifest.json")
                .elements();
    }

    private Json choose(List<Json> images, Optional<String> reference) throws InvalidImageException {
        List<Json> matching = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            List<String> tags = images.get(i).texts("RepoTags");
            names.addAll(tags.isEmpty() ? List.of("@" + i) : tags);
            String number = "@" + i;
            if (reference.isEmpty()
                    || reference.get().equals(number)
                    || tags.stream().anyMatch(tag -> Tags.familiar(tag).equals(Tags.familiar(reference.get())))) {
                matching.add(images.get(i));
            }
        }
        if (matching.size() == 1) {
            return matching.get(0);
        }
        String asked = reference.map(text -> " as " + text).orElse("");
        throw new InvalidImageException(archive.path() + (matching.isEmpty() ? " has no image" : " has several images")
                + asked + "; name one of: " + String.join(", ", names));
    }

    /** An archive of Docker 25 or later is a layout too, which knows the true manifest; where it lacks parts, none. */
    private Optional<Image> fromLayout(Digest config) throws IOException {
        Optional<Slot> index = archive.find("index.json");
        if (index.isEmpty() || archive.find("oci-layout").isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = archive.bytes(index.get(), Limits.MANIFEST_BYTES);
        for (Json element : parse(bytes, "index.json")
                .get("manifests")
                .orElse(Json.object())
                .elements()) {
            Descriptor descriptor = Descriptor.read(element.toBytes(), "index.json in " + archive.path());
            Optional<Image> found = find(descriptor, config);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Image> find(Descriptor descriptor, Digest config) throws IOException {
        ArchiveBlobs blobs = new ArchiveBlobs(archive, Map.of());
        if (!blobs.has(descriptor)) {
            return Optional.empty();
        }
        Manifest manifest;
        try {
            manifest = Manifest.read(descriptor, blobs);
        } catch (InvalidImageException e) {
            // Docker 25.0.0 wrote manifests that do not fit their configuration; manifest.json is right even then.
            return Optional.empty();
        }
        if (manifest instanceof ImageIndex nested) {
            for (Descriptor entry : nested.entries()) {
                Optional<Image> found = find(entry, config);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return manifest instanceof Image image
                        && image.blobs().get(0).descriptor().digest().equals(config)
                        && image.blobs().stream().allMatch(blob -> blobs.has(blob.descriptor()))
                ? Optional.of(image)
                : Optional.empty();
    }

    /** Makes the manifest an older archive lacks. */
    private Image fromFiles(Slot configSlot, List<String> layerPaths) throws IOException {
        byte[] config = archive.bytes(configSlot, Limits.CONFIG_BYTES);
        List<String> diffIds = parse(config, "configuration")
                .get("rootfs")
                .orElse(Json.object())
                .texts("diff_ids");
        if (diffIds.size() != layerPaths.size()) {
            throw new InvalidImageException(archive.path() + " lists " + layerPaths.size()
                    + " layers, the configuration has " + diffIds.size() + " diff_ids");
        }
        Map<Digest, Slot> slots = new HashMap<>();
        Descriptor configDescriptor = Descriptor.of(MediaType.DOCKER_CONFIG, config);
        slots.put(configDescriptor.digest(), configSlot);
        List<Json> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            Slot slot = slot(layerPaths.get(i), "layer " + diffIds.get(i));
            Descriptor layer = layer(slot, diffIds.get(i));
            slots.put(layer.digest(), slot);
            layers.add(described(layer));
        }
        Json manifest = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.DOCKER_MANIFEST))
                .with("config", described(configDescriptor))
                .with("layers", Json.array(layers));
        return Image.of(manifest.toBytes(), new ArchiveBlobs(archive, slots));
    }

    private Descriptor layer(Slot slot, String diffId) throws IOException {
        byte[] head;
        try (InputStream in = archive.open(slot)) {
            head = in.readNBytes(4);
        }
        return switch (Compression.of(head)) {
            case NONE -> new Descriptor(MediaType.DOCKER_LAYER, digest(diffId), slot.size());
            case GZIP -> new Descriptor(MediaType.DOCKER_LAYER_GZIP, hash(slot), slot.size());
            case ZSTD -> new Descriptor(ZSTD_LAYER, hash(slot), slot.size());
        };
    }

    private Digest digest(String text) throws InvalidImageException {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidImageException("configuration in " + archive.path() + ": " + e.getMessage(), e);
        }
    }

    private Digest hash(Slot slot) throws IOException {
        MessageDigest hash = Digest.of(new byte[0]).newHash();
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = archive.open(slot)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
            }
        }
        return new Digest("sha256", HexFormat.of().formatHex(hash.digest()));
    }

    private Slot slot(String name, String what) throws InvalidImageException {
        return archive.find(name)
                .orElseThrow(() -> new InvalidImageException(
                        archive.path() + " lacks " + what + ": no file \"" + name + "\" in it"));
    }

    private Json parse(byte[] bytes, String what) throws InvalidImageException {
        try {
            return Json.parse(bytes, what + " in " + archive.path());
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }

    private static Json described(Descriptor descriptor) {
        return Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("size", Json.of(descriptor.size()))
                .with("digest", Json.of(descriptor.digest().toString()));
    }
}
