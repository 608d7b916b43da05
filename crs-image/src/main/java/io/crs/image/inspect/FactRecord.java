package io.crs.image.inspect;

import io.crs.image.Digest;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarAttributes;
import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Folder;
import io.crs.image.inspect.Facts.Installed;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Preloads;
import io.crs.image.inspect.Facts.Release;
import io.crs.image.inspect.Facts.Script;
import io.crs.image.inspect.Facts.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a layer as bytes, which are enough to merge it with others without reading it.
 *
 * <p>The SHA-256 of all that follows, so that half a record is never merged. Then, deflated: for each entry a byte that says
 * how much of it is written, and its fields in the order of {@link FactWriter#add}; then a byte {@value #END} and nothing
 * more. A name is the number of bytes it shares with the name before it, and the rest.
 */
final class FactRecord {
    /** Changes with what is read of a layer, with what it means, and with how it is written. */
    static final int VERSION = 4;

    static final int END = 0;

    /** Of most files of an image only the name matters, as they take something away by it. */
    static final int PLAIN = 1;

    static final int WHOLE = 2;

    static final int SUM = 32;
    static final int MOST_BYTES = (32 << 20) - SUM;
    private static final int BUFFER = 16 << 10;
    private static final long MOST_DECODED = 1L << 30;
    private static final int MOST_PACKAGES = 1000;
    /** In the order of the bytes that stand for them. */
    static final List<TarEntry.Kind> KINDS = List.of(
            TarEntry.Kind.FILE,
            TarEntry.Kind.SPARSE_FILE,
            TarEntry.Kind.HARD_LINK,
            TarEntry.Kind.SYMBOLIC_LINK,
            TarEntry.Kind.DIRECTORY,
            TarEntry.Kind.OTHER);

    private final byte[] bytes;

    private FactRecord(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes bytes for a record.
     *
     * @throws MalformedException if they are none
     */
    static FactRecord of(byte[] bytes) throws MalformedException {
        if (bytes.length <= SUM || !MessageDigest.isEqual(Arrays.copyOf(bytes, SUM), sum(bytes, SUM))) {
            throw new MalformedException("it is no record of a layer");
        }
        return new FactRecord(bytes);
    }

    static byte[] sum(byte[] bytes, int from) {
        MessageDigest hash = Digest.newSha256();
        hash.update(bytes, from, bytes.length - from);
        return hash.digest();
    }

    /** Visits the entries in their order. */
    void each(LayerScan.Visitor visitor) throws IOException {
        InputStream deflated = new ByteArrayInputStream(bytes, SUM, bytes.length - SUM);
        try (InputStream in = new InflaterInputStream(deflated)) {
            new Reader(new DataInputStream(new Bounded(in))).each(visitor);
        }
    }

    /** Reads what {@link FactWriter} wrote. */
    private static final class Reader {
        private final DataInputStream in;
        private byte[] last = new byte[0];

        Reader(DataInputStream in) {
            this.in = in;
        }

        void each(LayerScan.Visitor visitor) throws IOException {
            long entries = 0;
            for (int shape = in.readUnsignedByte(); shape != END; shape = in.readUnsignedByte()) {
                if (shape > WHOLE) {
                    throw new MalformedException("it has an entry of an unknown shape " + shape);
                }
                if (++entries > 2 * Limits.LAYER_ENTRIES) {
                    throw new MalformedException("it has too many entries");
                }
                visitor.visit(entry(shape));
            }
            if (in.read() >= 0) {
                throw new MalformedException("it goes on after its end");
            }
        }

        private LayerEntry entry(int shape) throws IOException {
            String name = name();
            TarEntry.Kind kind = kind(in.readUnsignedByte());
            int mode = in.readUnsignedShort();
            if (shape == PLAIN) {
                return new LayerEntry(new TarEntry(name, kind, mode, 0, "", false, 0), Optional.empty(), "", false);
            }
            long size = in.readLong();
            String link = text();
            TarEntry header = new TarEntry(name, kind, mode, size, link, in.readBoolean(), 0);
            String digest = text();
            boolean learned = in.readBoolean();
            return new LayerEntry(header, Optional.ofNullable(facts()), digest, learned);
        }

        private static TarEntry.Kind kind(int number) throws MalformedException {
            if (number >= KINDS.size()) {
                throw new MalformedException("it has an entry of an unknown kind " + number);
            }
            return KINDS.get(number);
        }

        private String name() throws IOException {
            int shared = number();
            int rest = number();
            if (shared < 0 || shared > last.length || rest < 0 || rest > Limits.PAX_BYTES - shared) {
                throw new MalformedException("a name in it is of an impossible length");
            }
            byte[] raw = Arrays.copyOf(last, shared + rest);
            in.readFully(raw, shared, rest);
            last = raw;
            return new String(raw, StandardCharsets.ISO_8859_1);
        }

        private int number() throws IOException {
            int number = 0;
            int shift = 0;
            int read;
            do {
                read = in.readUnsignedByte();
                number |= (read & 0x7f) << shift;
                shift += 7;
            } while ((read & 0x80) != 0 && shift < 32);
            return number;
        }

        private String text() throws IOException {
            int length = in.readInt();
            if (length < 0 || length > 2 * Limits.PAX_BYTES) {
                throw new MalformedException("a text in it is of an impossible length");
            }
            if (length == 0) {
                return "";
            }
            byte[] raw = new byte[length];
            in.readFully(raw);
            return new String(raw, StandardCharsets.UTF_8);
        }

        private @Nullable Facts facts() throws IOException {
            int kind = in.readUnsignedByte();
            return switch (kind) {
                case 0 -> null;
                case 1 -> new Elf(in.readInt(), in.readBoolean(), text(), in.readBoolean(), text());
                case 2 -> new Script(text(), text());
                case 3 -> new CLibrary(text(), text(), text());
                case 4 -> new Release(text(), text());
                case 5 -> packages();
                case 6 -> new Unreadable(text());
                case 7 -> new Folder(attributes());
                case 8 -> new Preloads(text());
                default -> throw new MalformedException("it has facts of an unknown kind " + kind);
            };
        }

        private Packages packages() throws IOException {
            int count = in.readInt();
            if (count < 0 || count > MOST_PACKAGES) {
                throw new MalformedException("it has too many packages");
            }
            List<Installed> installed = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                installed.add(new Installed(text(), text(), text()));
            }
            return new Packages(installed);
        }

        private TarAttributes attributes() throws IOException {
            long uid = in.readLong();
            long gid = in.readLong();
            Instant time = time(in.readLong(), in.readInt());
            int count = in.readInt();
            if (count < 0 || count > PreloadSearch.MOST_EXTENDED) {
                throw new MalformedException("it has too many extended attributes");
            }
            SortedMap<String, String> extended = new TreeMap<>();
            long length = 0;
            for (int i = 0; i < count; i++) {
                String name = text();
                String value = text();
                length += name.length() + value.length();
                if (length > PreloadSearch.MOST_EXTENDED_BYTES) {
                    throw new MalformedException("its extended attributes are too long");
                }
                extended.put(name, value);
            }
            return new TarAttributes(uid, gid, time, extended);
        }

        private static Instant time(long seconds, int nanos) throws MalformedException {
            try {
                return Instant.ofEpochSecond(seconds, nanos);
            } catch (DateTimeException | ArithmeticException e) {
                throw new MalformedException("a time in it is out of range", e);
            }
        }
    }

    /** A stream read by single bytes for the most part, that is never longer than a record may get. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private final byte[] buffer = new byte[BUFFER];
        private int at;
        private int end;
        private long left = MOST_DECODED;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return at < end || fill() ? buffer[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            if (at == end && !fill()) {
                return -1;
            }
            int read = Math.min(count, end - at);
            System.arraycopy(buffer, at, into, from, read);
            at += read;
            return read;
        }

        private boolean fill() throws IOException {
            at = 0;
            end = Math.max(0, in.read(buffer));
            left -= end;
            if (left < 0) {
                throw new MalformedException("it is longer than " + MOST_DECODED + " bytes");
            }
            return end > 0;
        }
    }
}
