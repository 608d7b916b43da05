package io.crs.image.location;

import io.crs.image.Blob;
import io.crs.image.Image;
import io.crs.image.format.Json;
import io.crs.image.format.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An archive for {@code docker load} without the lower layers of its image, for an engine that has them already.
 *
 * <p>In their place are files of no length. An engine that keeps layers by their chain looks for each there first, and
 * reads the file only where it does not have the layer; then it finds the digest wrong and refuses the whole.
 */
final class UpperArchive {
    private final Image image;
    private final int known;

    /**
     * Takes an image apart.
     *
     * @param known how many of its layers, from below, are left out
     */
    UpperArchive(Image image, int known) {
        this.image = image;
        this.known = known;
    }

    void writeTo(OutputStream out) throws IOException {
        TarWriter tar = new TarWriter(out);
        Blob config = image.blobs().get(0);
        String configName = config.descriptor().digest().hex() + ".json";
        write(tar, configName, config);
        List<Json> names = new ArrayList<>();
        for (int i = 0; i < image.layers().size(); i++) {
            String name = "layer-" + i + ".tar";
            if (i < known) {
                tar.file(name, 0644, 0, InputStream.nullInputStream());
            } else {
                write(tar, name, image.layers().get(i).blob());
            }
            names.add(Json.of(name));
        }
        Json entry = Json.object()
                .with("Config", Json.of(configName))
                .with("RepoTags", Json.ofNullable(Optional.empty()))
                .with("Layers", Json.array(names));
        byte[] manifest = Json.array(List.of(entry)).toBytes();
        tar.file("manifest.json", 0644, manifest.length, new ByteArrayInputStream(manifest));
        tar.finish();
    }

    private static void write(TarWriter tar, String name, Blob blob) throws IOException {
        try (InputStream in = blob.open()) {
            tar.file(name, 0644, blob.descriptor().size(), in);
        }
    }
}
