package io.crs.image.format;

import io.crs.image.format.TarEntry.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tar archive read front to back: ustar, GNU and PAX.
 *
 * <p>It reads what Go's {@code archive/tar} reads, since that is what container runtimes use: a link or directory has
 * no content whatever its size field says, and global PAX headers change nothing. Memory is bounded by
 * {@link Limits#PAX_BYTES}. Not safe for use by several threads.
 */
public final class TarReader {
    private static final int BLOCK = 512;

    private final InputStream in;
    private final long mostEntries;
    private final byte[] block = new byte[BLOCK];
    private long position;
    private long headers;
    private long unread;
    private int padding;
    private Map<String, String> records = Map.of();

    /**
     * Reads an archive.
     *
     * @param in the archive, which is not closed
     * @param mostEntries how many headers to take before refusing the archive
     */
    public TarReader(InputStream in, long mostEntries) {
        this.in = in;
        this.mostEntries = mostEntries;
    }

    /**
     * Moves to the next entry.
     *
     * @return its header, or null at the end of the archive
     * @throws MalformedException if the archive is damaged, cut short, or over a limit
     */
    public @Nullable TarEntry next() throws IOException {
        skipRest();
        Map<String, String> pax = Map.of();
        String longName = null;
        String longLink = null;
        while (readHeader()) {
            char type = (char) (block[156] & 0xff);
            switch (type) {
                case 'x' -> pax = paxRecords(metadata());
                case 'g' -> metadata();
                case 'L' -> longName = upToNul(metadata());
                case 'K' -> longLink = upToNul(metadata());
                default -> {
                    return entry(type, pax, longName, longLink);
                }
            }
        }
        return null;
    }

    /** Returns the content of the current entry; it ends where the entry ends. */
    public InputStream content() {
        return new Content();
    }

    /**
     * Returns the attributes of the current entry, which was the last one {@link #next} gave.
     *
     * @throws MalformedException if they are damaged or out of range
     */
    public TarAttributes attributes() throws MalformedException {
        return TarAttributes.of(
                number(108, 8, "owner", "an entry"),
                number(116, 8, "group", "an entry"),
                number(136, 12, "time", "an entry"),
                records);
    }

    private TarEntry entry(char type, Map<String, String> pax, @Nullable String longName, @Nullable String longLink)
            throws IOException {
        String name = longName != null ? longName : headerName();
        name = pax.getOrDefault("GNU.sparse.name", pax.getOrDefault("path", name));
        String link = pax.getOrDefault("linkpath", longLink != null ? longLink : field(157, 100));
        Kind kind = kind(type, name);
        if (kind == Kind.FILE && pax.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))) {
            kind = Kind.SPARSE_FILE;
        }
        boolean hasContent = kind == Kind.FILE || kind == Kind.SPARSE_FILE || (kind == Kind.OTHER && !isDevice(type));
        String paxSize = pax.get("size");
        long size = !hasContent ? 0 : paxSize != null ? decimal(paxSize, name) : number(124, 12, "size", name);
        int mode = (int) (number(100, 8, "mode", name) & 07777);
        if (type == 'S') {
            skipSparseMap();
        }
        records = pax;
        unread = size;
        padding = (int) (-size & (BLOCK - 1));
        boolean linked = kind == Kind.HARD_LINK || kind == Kind.SYMBOLIC_LINK;
        return new TarEntry(
                name,
                kind,
                mode,
                size,
                linked ? link : "",
                pax.containsKey("SCHILY.xattr.security.capability"),
                position);
    }

    private static Kind kind(char type, String name) {
        return switch (type) {
            case '0', '\0', '7' -> name.endsWith("/") && type == '\0' ? Kind.DIRECTORY : Kind.FILE;
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMBOLIC_LINK;
            case '5' -> Kind.DIRECTORY;
            case 'S' -> Kind.SPARSE_FILE;
            default -> Kind.OTHER;
        };
    }

    private static boolean isDevice(char type) {
        return type == '3' || type == '4' || type == '6';
    }

    /** Reads a header into {@link #block}; false at the end of the archive. */
    private boolean readHeader() throws IOException {
        if (!readBlock(true)) {
            return false;
        }
        if (isZero()) {
            if (readBlock(true) && !isZero()) {
                throw new MalformedException("tar: an entry follows a block of zeros, at byte " + (position - BLOCK));
            }
            return false;
        }
        if (++headers > mostEntries) {
            throw new MalformedException("tar: more than " + mostEntries + " entries");
        }
        long sum = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            sum += b & 0xff;
            signed += b;
        }
        long stated = number(148, 8, "checksum", "");
        if (stated != sum && stated != signed) {
            throw new MalformedException("tar: wrong checksum in the header at byte " + (position - BLOCK));
        }
        return true;
    }

    /** Reads the content of a header that describes the next entry. */
    private byte[] metadata() throws IOException {
        long size = number(124, 12, "size", "extended header");
        if (size > Limits.PAX_BYTES) {
            throw new MalformedException(
                    "tar: an extended header of " + size + " bytes is over the limit of " + Limits.PAX_BYTES);
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new EOFException("tar: the archive ends inside an extended header");
        }
        position += size;
        skip(-size & (BLOCK - 1));
        return bytes;
    }

    private static Map<String, String> paxRecords(byte[] bytes) throws MalformedException {
        Map<String, String> records = new HashMap<>();
        int at = 0;
        while (at < bytes.length) {
            int blank = at;
            int length = 0;
            while (blank < bytes.length && bytes[blank] >= '0' && bytes[blank] <= '9' && length <= bytes.length) {
                length = length * 10 + bytes[blank++] - '0';
            }
            int end = at + length;
            if (blank >= bytes.length
                    || bytes[blank] != ' '
                    || end > bytes.length
                    || end <= blank + 1
                    || bytes[end - 1] != '\n') {
                throw new MalformedException("tar: a PAX record is damaged");
            }
            String record = new String(bytes, blank + 1, end - blank - 2, StandardCharsets.ISO_8859_1);
            int equals = record.indexOf('=');
            if (equals <= 0) {
                throw new MalformedException("tar: a PAX record has no key");
            }
            String key = record.substring(0, equals);
            String value = record.substring(equals + 1);
            boolean isName = key.equals("path") || key.equals("linkpath") || key.equals("GNU.sparse.name");
            if (isName && value.indexOf('\0') >= 0) {
                throw new MalformedException("tar: a PAX name holds a NUL");
            }
            // An empty value takes the record back, as POSIX says.
            if (value.isEmpty()) {
                records.remove(key);
            } else {
                records.put(key, value);
            }
            at = end;
        }
        return records;
    }

    private String headerName() {
        String name = field(0, 100);
        // "ustar" NUL marks POSIX, whose prefix field GNU uses for other things.
        boolean posix = field(257, 6).equals("ustar") && block[262] == 0;
        String prefix = posix ? field(345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private String field(int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
    }

    /** Reads a number in octal digits or, with the top bit set, in base 256. */
    private long number(int at, int length, String what, String name) throws MalformedException {
        if ((block[at] & 0x80) != 0) {
            long value = block[at] & 0x7f;
            for (int i = at + 1; i < at + length; i++) {
                if (value >>> 55 != 0) {
                    throw new MalformedException("tar: the " + what + " of " + name + " is out of range");
                }
                value = value << 8 | (block[i] & 0xff);
            }
            return value;
        }
        String digits = field(at, length).strip();
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 7) {
                throw new MalformedException("tar: the " + what + " of " + name + " is not a number");
            }
            value = value << 3 | digit;
        }
        return value;
    }

    private static long decimal(String digits, String name) throws MalformedException {
        try {
            long value = Long.parseLong(digits);
            // Rounding up to whole blocks must not overflow either.
            if (value >= 0 && value <= Long.MAX_VALUE - BLOCK) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new MalformedException("tar: the PAX size of " + name + " is not a number of 63 bits", e);
        }
        throw new MalformedException("tar: the PAX size of " + name + " is out of range");
    }

    private static String upToNul(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** The map of an old GNU sparse file goes on in blocks between header and content. */
    private void skipSparseMap() throws IOException {
        byte[] header = block.clone();
        boolean more = block[482] != 0;
        while (more) {
            readBlock(false);
            more = block[504] != 0;
        }
        System.arraycopy(header, 0, block, 0, BLOCK);
    }

    private void skipRest() throws IOException {
        skip(unread);
        skip(padding);
        unread = 0;
        padding = 0;
    }

    private void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw new MalformedException("tar: the archive ends inside an entry", e);
        }
        position += count;
    }

    private boolean readBlock(boolean endAllowed) throws IOException {
        int count = in.readNBytes(block, 0, BLOCK);
        position += count;
        if (count == 0 && endAllowed) {
            return false;
        }
        if (count < BLOCK) {
            throw new MalformedException("tar: the archive ends inside a header");
        }
        return true;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of one entry. */
    private final class Content extends BlockInput {
        private final long header = headers;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (header != headers) {
                throw new IOException("the archive has moved on to another entry");
            }
            if (unread == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, unread));
            if (count < 0) {
                throw new MalformedException("tar: the archive ends inside an entry");
            }
            unread -= count;
            position += count;
            return count;
        }
    }
}
