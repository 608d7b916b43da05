package io.crs.image.instrument;

import io.crs.image.Blob;
import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.FileAccess;
import io.crs.image.FileAccess.Kind;
import io.crs.image.FileAccess.Status;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import io.crs.image.format.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An image made of the few files of another that an inspection looks for.
 *
 * <p>It begins without files. What is looked up in it in vain is fetched, as a layer more, and the inspection done again,
 * until nothing is looked for that was not asked for. So which files matter is known to the inspection alone.
 */
final class SampledImage {
    private static final int MOST_PATHS = 2_000;
    private static final int MOST_BYTES = 48 << 20;

    /** A folder whose files are looked for without their names. */
    private static final String PACKAGE_FOLDER = "/var/lib/dpkg/status.d";

    private final FileAccess files;
    private final List<Blob> layers = new ArrayList<>();
    private final Set<String> asked = new HashSet<>();
    private final Set<String> written = new HashSet<>();
    private long bytes;

    SampledImage(FileAccess files) {
        this.files = files;
    }

    /** Returns the image of what has been fetched, with at least as many layers as the true one. */
    Image image() throws IOException {
        List<Blob> all = new ArrayList<>(layers);
        Blob empty = Blob.of(MediaType.DOCKER_LAYER, new byte[0]);
        while (all.size() < files.layers()) {
            all.add(empty);
        }
        List<Json> descriptors = new ArrayList<>();
        List<Json> diffIds = new ArrayList<>();
        for (Blob layer : all) {
            descriptors.add(described(layer.descriptor()));
            diffIds.add(Json.of(layer.descriptor().digest().toString()));
        }
        Json rootFs = Json.object().with("type", Json.of("layers")).with("diff_ids", Json.array(diffIds));
        Blob config =
                Blob.of(MediaType.DOCKER_CONFIG, config().with("rootfs", rootFs).toBytes());
        all.add(config);
        byte[] manifest = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.DOCKER_MANIFEST))
                .with("config", described(config.descriptor()))
                .with("layers", Json.array(descriptors))
                .toBytes();
        return Image.of(manifest, source(all));
    }

    Json config() throws InvalidImageException {
        try {
            return Json.parse(files.config(), "configuration of " + files.id());
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }

    /**
     * Fetches files.
     *
     * @return whether any path was asked for the first time
     * @throws TooMuch if there is more to them than may be kept, or a name that cannot be
     */
    boolean fetch(List<String> paths) throws IOException, TooMuch {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(layer);
        boolean isNew = false;
        try {
            for (String path : paths) {
                if (asked.add(path)) {
                    isNew = true;
                    fetch(path, tar);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new TooMuch();
        }
        if (layer.size() > 0) {
            tar.finish();
            layers.add(Blob.of(MediaType.DOCKER_LAYER, layer.toByteArray()));
        }
        return isNew;
    }

    /** Goes to a path part by part, since what is on the way may be a link, which the next look-up will follow. */
    private void fetch(String path, TarWriter tar) throws IOException, TooMuch {
        if (asked.size() > MOST_PATHS) {
            throw new TooMuch();
        }
        Deque<String> at = new ArrayDeque<>();
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].equals("..")) {
                at.pollLast();
                continue;
            }
            at.addLast(parts[i]);
            String name = String.join("/", at);
            Status status = files.status("/" + name).orElse(null);
            if (status == null || status.kind() == Kind.OTHER) {
                return;
            }
            boolean isLast = i == parts.length - 1;
            if (status.kind() == Kind.DIRECTORY) {
                if (written.add(name)) {
                    tar.directory(name + "/", status.mode());
                }
                if (isLast && path.equals(PACKAGE_FOLDER)) {
                    copy(name, tar);
                }
                continue;
            }
            if (written.add(name)) {
                if (status.kind() == Kind.SYMBOLIC_LINK) {
                    tar.link(name, status.link());
                } else if (isLast) {
                    copy(name, tar);
                }
            }
            return;
        }
    }

    private void copy(String name, TarWriter out) throws IOException, TooMuch {
        String folder = name.contains("/") ? name.substring(0, name.lastIndexOf('/') + 1) : "";
        try (InputStream in = files.archive("/" + name)) {
            TarReader tar = new TarReader(in, MOST_PATHS);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                if (entry.kind() != TarEntry.Kind.FILE) {
                    continue;
                }
                bytes += entry.size();
                if (bytes > MOST_BYTES) {
                    throw new TooMuch();
                }
                out.file(folder + entry.name(), entry.mode(), entry.size(), tar.content());
            }
        } catch (MalformedException e) {
            throw new InvalidImageException("/" + name + " of " + files.id() + ": " + e.getMessage(), e);
        }
    }

    private static BlobSource source(List<Blob> blobs) {
        return descriptor -> blobs.stream()
                .filter(blob -> blob.descriptor().digest().equals(descriptor.digest()))
                .findFirst()
                .orElseThrow()
                .open();
    }

    private static Json described(Descriptor descriptor) {
        return Json.object()
                .with("mediaType", Json.of(descriptor.mediaType()))
                .with("size", Json.of(descriptor.size()))
                .with("digest", Json.of(descriptor.digest().toString()));
    }

    /** Thrown where single files do not do, and the whole image must be read. */
    static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
