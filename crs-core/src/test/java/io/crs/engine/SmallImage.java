package io.crs.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** OCI layouts with an image of one static program a platform. */
final class SmallImage {
    private static final int AMD64 = 62;
    private static final int ARM64 = 183;

    private final Path folder;

    private SmallImage(Path folder) {
        this.folder = folder;
    }

    /** Writes a layout with the tag {@code web}; for several architectures that is an index of them. */
    static void write(Path folder, String... architectures) throws IOException {
        Files.createDirectories(folder.resolve("blobs/sha256"));
        SmallImage layout = new SmallImage(folder);
        List<String> entries = new ArrayList<>();
        for (String architecture : architectures) {
            entries.add(layout.image(architecture));
        }
        String index = "application/vnd.oci.image.index.v1+json";
        String top = entries.size() == 1
                ? entries.get(0)
                : layout.blob(index, document(index, "\"manifests\":" + entries), "");
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(folder.resolve("index.json"), document(index, "\"manifests\":[" + tagged(top) + "]"));
    }

    private static String tagged(String descriptor) {
        return descriptor.substring(0, descriptor.length() - 1)
                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"web\"}}";
    }

    private static String document(String mediaType, String rest) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\"," + rest + "}";
    }

    private String image(String architecture) throws IOException {
        byte[] layer = tar("app", program(architecture.equals("arm64") ? ARM64 : AMD64));
        String config =
                "{\"architecture\":\"" + architecture + "\",\"os\":\"linux\",\"config\":{\"Entrypoint\":[\"/app\"]},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + digest(layer) + "\"]}}";
        String manifest = "application/vnd.oci.image.manifest.v1+json";
        String rest = "\"config\":" + blob("application/vnd.oci.image.config.v1+json", config, "") + ",\"layers\":["
                + blob("application/vnd.oci.image.layer.v1.tar", layer, "") + "]";
        return blob(
                manifest,
                document(manifest, rest),
                ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}");
    }

    private String blob(String mediaType, String content, String rest) throws IOException {
        return blob(mediaType, content.getBytes(StandardCharsets.UTF_8), rest);
    }

    /** Writes a blob; its descriptor. */
    private String blob(String mediaType, byte[] content, String rest) throws IOException {
        Files.write(folder.resolve("blobs/sha256").resolve(digest(content)), content);
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"sha256:" + digest(content) + "\",\"size\":"
                + content.length + rest + "}";
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The header and one segment of a statically linked executable. */
    private static byte[] program(int machine) {
        ByteBuffer elf = ByteBuffer.allocate(64 + 56).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        elf.putShort((short) 2).putShort((short) machine).putInt(1);
        elf.putLong(0).putLong(64).putLong(0).putInt(0);
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1);
        elf.position(64);
        elf.putInt(1);
        return elf.array();
    }

    private static byte[] tar(String name, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000755\0000000000\0000000000");
        put(header, 124, String.format(Locale.ROOT, "%011o\000", content.length) + "00000000000");
        put(header, 148, "        0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0", sum));
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512 + 1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
