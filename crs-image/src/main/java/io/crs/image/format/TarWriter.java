package io.crs.image.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tar archive whose bytes depend on nothing but what is put into it: owner 0:0 and time 0 unless others are given, no owner
 * names, ustar, with a PAX header only for what that cannot hold, such as a file of 8 GiB or more.
 */
public final class TarWriter {
    private static final int BLOCK = 512;
    private static final long LARGEST_OCTAL = 077777777777L;
    private static final long LARGEST_OWNER = 07777777L;

    private final OutputStream out;

    /** Writes an archive to a stream, which is not closed. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes a directory; its name ends with {@code /}. */
    public void directory(String name, int mode) throws IOException {
        out.write(header(name, mode, 0, '5'));
    }

    /** Writes a directory with attributes of its own; its name ends with {@code /}. */
    public void directory(String name, int mode, TarAttributes attributes) throws IOException {
        SortedMap<String, String> pax = attributes.pax(LARGEST_OWNER, LARGEST_OCTAL);
        if (!pax.isEmpty()) {
            writePax(pax);
        }
        byte[] block = header(name, mode, 0, '5');
        put(block, 108, octal(attributes.uid() > LARGEST_OWNER ? 0 : attributes.uid(), 7));
        put(block, 116, octal(attributes.gid() > LARGEST_OWNER ? 0 : attributes.gid(), 7));
        put(block, 136, octal(pax.containsKey("mtime") ? 0 : attributes.time().getEpochSecond(), 11));
        out.write(summed(block));
    }

    /**
     * Writes a file.
     *
     * @param content exactly {@code size} bytes, read to its end and not closed
     * @throws IOException if the content has another length
     */
    public void file(String name, int mode, long size, InputStream content) throws IOException {
        if (size > LARGEST_OCTAL) {
            writePax(new TreeMap<>(Map.of("size", Long.toString(size))));
        }
        out.write(header(name, mode, size > LARGEST_OCTAL ? 0 : size, '0'));
        long written = content.transferTo(out);
        if (written != size) {
            throw new IOException(name + " has " + written + " bytes instead of " + size);
        }
        pad(size);
    }

    /** Writes a symbolic link, whose target has at most 100 characters. */
    public void link(String name, String target) throws IOException {
        if (target.length() > 100 || !target.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("\"" + target + "\" does not fit the target of a tar entry");
        }
        byte[] block = header(name, 0777, 0, '2');
        put(block, 157, target);
        out.write(summed(block));
    }

    /** Writes the end of the archive. */
    public void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void writePax(SortedMap<String, String> records) throws IOException {
        StringBuilder all = new StringBuilder();
        records.forEach((key, value) -> all.append(paxRecord(" " + key + "=" + value + "\n")));
        byte[] bytes = all.toString().getBytes(StandardCharsets.ISO_8859_1);
        out.write(header("pax", 0644, bytes.length, 'x'));
        out.write(bytes);
        pad(bytes.length);
    }

    /** A record counts its own length, with the digits of that. */
    private static String paxRecord(String rest) {
        int length = rest.length() + 1;
        while (Integer.toString(length).length() + rest.length() > length) {
            length++;
        }
        return length + rest;
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private static byte[] header(String path, int mode, long size, char type) {
        byte[] block = new byte[BLOCK];
        String prefix = "";
        String name = path;
        if (name.length() > 100) {
            int slash = path.lastIndexOf('/', Math.min(155, path.length() - 2));
            prefix = path.substring(0, Math.max(slash, 0));
            name = path.substring(slash + 1);
        }
        if (name.length() > 100 || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("\"" + path + "\" does not fit the name of a tar entry");
        }
        put(block, 0, name);
        put(block, 100, octal(mode, 7));
        put(block, 108, octal(0, 7));
        put(block, 116, octal(0, 7));
        put(block, 124, octal(size, 11));
        put(block, 136, octal(0, 11));
        block[156] = (byte) type;
        put(block, 257, "ustar");
        put(block, 263, "00");
        put(block, 329, octal(0, 7));
        put(block, 337, octal(0, 7));
        put(block, 345, prefix);
        return summed(block);
    }

    private static byte[] summed(byte[] block) {
        put(block, 148, "        ");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, 148, octal(sum, 6) + "\0 ");
        return block;
    }

    private static String octal(long number, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", number);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
