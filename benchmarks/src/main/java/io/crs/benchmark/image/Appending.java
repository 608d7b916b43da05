package io.crs.benchmark.image;

import io.crs.image.Blob;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.Layer;
import io.crs.image.MediaType;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.RegistryAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** What crane and jib do, with this library: one layer more, and nothing looked at. */
public final class Appending {
    private Appending() {}

    /**
     * Appends a layer, in a process of its own.
     *
     * @param arguments the image, the new image, and the layer, a tar archive compressed by gzip
     */
    public static void main(String[] arguments) throws IOException {
        try (RegistryAccess access = RegistryAccess.builder().plainHttp().build()) {
            append(
                    location(arguments[0], access),
                    location(arguments[1], access),
                    Files.readAllBytes(Path.of(arguments[2])));
        }
    }

    /** Names an image; one in a registry is reached by plain HTTP. */
    static ImageLocation location(String text, RegistryAccess access) {
        ImageLocation location = ImageLocation.parse(text);
        return location instanceof RegistryImage image ? image.with(access) : location;
    }

    /** Appends a layer that nothing is known of yet, so that its digests are computed each time. */
    static void append(ImageLocation source, ImageLocation target, byte[] layer) throws IOException {
        target.write(appended(source.read(), layer));
    }

    static Image appended(Image base, byte[] layer) throws IOException {
        byte[] tar;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(layer), 1 << 16)) {
            tar = in.readAllBytes();
        }
        Blob blob = Blob.of(MediaType.OCI_LAYER_GZIP, layer);
        return base.append(new Layer(blob, Digest.of(tar)), "benchmark");
    }
}
