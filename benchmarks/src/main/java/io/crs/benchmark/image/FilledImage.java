package io.crs.benchmark.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * An image of a wanted size in an OCI layout: a real program with the libraries it needs in the lowest layer, and files that
 * compress like those of a distribution in all of them. The same size and program give the same image.
 */
public final class FilledImage {
    /** How much of the image each layer has, in hundredths: the base, a runtime, an application. */
    private static final int[] SHARES = {40, 25, 15, 10, 6, 4};

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final Path layout;
    private final List<Written> layers = new ArrayList<>();

    private FilledImage(Path layout) {
        this.layout = layout;
    }

    private record Written(String digest, String diffId, long size) {}

    /**
     * Writes the layout, its only image tagged {@code base}.
     *
     * @param arguments the folder, which must not exist; the size of the files in MiB; the program, with the files it needs
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path making = folder.resolveSibling(
                folder.getFileName() + ".making-" + ProcessHandle.current().pid());
        List<String> program = List.of(arguments).subList(2, arguments.length);
        new FilledImage(making).write(Long.parseLong(arguments[1]) << 20, program);
        Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(long bytes, List<String> program) throws IOException {
        Files.createDirectories(layout.resolve("blobs/sha256"));
        ObjectNode config = MAPPER.createObjectNode();
        config.put("created", "2026-01-01T00:00:00Z");
        config.put("architecture", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
        config.put("os", "linux");
        config.putObject("config").putArray("Entrypoint").add(program.get(0));
        ArrayNode diffIds = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        ArrayNode history = config.putArray("history");
        ObjectNode manifest = MAPPER.createObjectNode();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MANIFEST);
        ObjectNode described = manifest.putObject("config");
        ArrayNode listed = manifest.putArray("layers");
        for (int i = 0; i < SHARES.length; i++) {
            layers.add(layer(i, bytes * SHARES[i] / 100, i == 0 ? program : List.of()));
            diffIds.add(layers.get(i).diffId);
            history.addObject().put("created", "2026-01-01T00:00:00Z").put("created_by", "files " + i);
            describe(listed.addObject(), LAYER, layers.get(i));
        }
        describe(described, CONFIG, blob(MAPPER.writeValueAsBytes(config)));
        ObjectNode index = MAPPER.createObjectNode();
        index.put("schemaVersion", 2);
        ObjectNode entry = index.putArray("manifests").addObject();
        describe(entry, MANIFEST, blob(MAPPER.writeValueAsBytes(manifest)));
        entry.putObject("annotations").put("org.opencontainers.image.ref.name", "base");
        Files.write(layout.resolve("index.json"), MAPPER.writeValueAsBytes(index));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    private static void describe(ObjectNode descriptor, String mediaType, Written blob) {
        descriptor.put("mediaType", mediaType).put("digest", blob.digest).put("size", blob.size);
    }

    private Written layer(int number, long bytes, List<String> program) throws IOException {
        Path file = layout.resolve("layer");
        MessageDigest packed = sha256();
        MessageDigest plain = sha256();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
                OutputStream gzip = new QuickGzip(new DigestOutputStream(out, packed));
                FilledLayer layer = new FilledLayer(new DigestOutputStream(gzip, plain), number)) {
            layer.addReal(program);
            layer.fill(bytes);
        }
        return place(file, packed, plain);
    }

    private Written blob(byte[] content) throws IOException {
        Path file = Files.write(layout.resolve("document"), content);
        MessageDigest hash = sha256();
        hash.update(content);
        return place(file, hash, sha256());
    }

    private Written place(Path file, MessageDigest content, MessageDigest plain) throws IOException {
        String hex = HexFormat.of().formatHex(content.digest());
        long size = Files.size(file);
        Files.move(file, layout.resolve("blobs/sha256").resolve(hex));
        return new Written("sha256:" + hex, "sha256:" + HexFormat.of().formatHex(plain.digest()), size);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The least effort: images are made once, but somebody waits for it. */
    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(1);
        }
    }
}
