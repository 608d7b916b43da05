package io.crs.image.inspect;

import io.crs.image.format.BlockInput;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Installed;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Release;
import io.crs.image.inspect.Facts.Script;
import io.crs.image.inspect.Facts.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a layer as bytes, which are enough to merge it with others without reading it.
 *
 * <p>Deflated: for each entry a byte 1 and its fields in the order of {@link Writer#add}; then a byte 0 and nothing more. A
 * name is the number of bytes it shares with the name before it, and the rest.
 */
final class FactRecord {
    /** Changes with what is read of a layer, with what it means, and with how it is written. */
    static final int VERSION = 1;

    private static final int MOST_BYTES = 32 << 20;
    private static final long MOST_DECODED = 1L << 30;
    private static final int MOST_PACKAGES = 1000;
    /** In the order of the bytes that stand for them. */
    private static final List<TarEntry.Kind> KINDS = List.of(
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
     * Takes bytes for a record, and checks all of them first: half a record must not be merged.
     *
     * @throws MalformedException if they are none
     */
    static FactRecord of(byte[] bytes) throws MalformedException {
        FactRecord record = new FactRecord(bytes);
        try {
            record.each(entry -> {});
        } catch (MalformedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new MalformedException("it is no record of a layer: " + e, e);
        }
        return record;
    }

    /** Visits the entries in their order. */
    void each(LayerScan.Visitor visitor) throws IOException {
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            new Reader(new DataInputStream(new java.io.BufferedInputStream(new Bounded(in)))).each(visitor);
        }
    }

    /** Makes a record. */
    static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes));
        private byte[] last = new byte[0];

        void add(LayerEntry entry) throws IOException {
            if (bytes.size() > MOST_BYTES) {
                return;
            }
            TarEntry header = entry.header();
            out.writeByte(1);
            name(header.name());
            out.writeByte(KINDS.indexOf(header.kind()));
            out.writeShort(header.mode());
            boolean isRead = FileTree.isInteresting(header) || entry.learned();
            out.writeLong(isRead ? header.size() : 0);
            text(header.link());
            out.writeBoolean(header.capabilities());
            text(entry.digest());
            out.writeBoolean(entry.learned());
            facts(entry.facts().orElse(null));
        }

        /** Returns the record, or empty if it is too long to be kept. */
        Optional<byte[]> finish() throws IOException {
            out.writeByte(0);
            out.close();
            return bytes.size() > MOST_BYTES ? Optional.empty() : Optional.of(bytes.toByteArray());
        }

        private void name(String name) throws IOException {
            byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
            int shared = 0;
            while (shared < raw.length && shared < last.length && raw[shared] == last[shared]) {
                shared++;
            }
            out.writeInt(shared);
            out.writeInt(raw.length - shared);
            out.write(raw, shared, raw.length - shared);
            last = raw;
        }

        private void text(String text) throws IOException {
            byte[] raw = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(raw.length);
            out.write(raw);
        }

        private void facts(@Nullable Facts facts) throws IOException {
            if (facts == null) {
                out.writeByte(0);
            } else if (facts instanceof Elf elf) {
                out.writeByte(1);
                out.writeInt(elf.machine());
                out.writeBoolean(elf.shared());
                text(elf.interpreter());
                out.writeBoolean(elf.dynamic());
                text(elf.go());
            } else if (facts instanceof Script script) {
                texts(2, script.interpreter(), script.argument());
            } else if (facts instanceof CLibrary library) {
                texts(3, library.kind(), library.version(), library.revision());
            } else if (facts instanceof Release release) {
                texts(4, release.id(), release.version());
            } else if (facts instanceof Packages packages) {
                out.writeByte(5);
                out.writeInt(packages.installed().size());
                for (Installed each : packages.installed()) {
                    text(each.name());
                    text(each.version());
                    text(each.architecture());
                }
            } else if (facts instanceof Unreadable unreadable) {
                texts(6, unreadable.why());
            }
        }

        private void texts(int kind, String... texts) throws IOException {
            out.writeByte(kind);
            for (String text : texts) {
                text(text);
            }
        }
    }

    /** Reads what {@link Writer} wrote. */
    private static final class Reader {
        private final DataInputStream in;
        private byte[] last = new byte[0];

        Reader(DataInputStream in) {
            this.in = in;
        }

        void each(LayerScan.Visitor visitor) throws IOException {
            long entries = 0;
            while (in.readUnsignedByte() == 1) {
                if (++entries > 2 * Limits.LAYER_ENTRIES) {
                    throw new MalformedException("it has too many entries");
                }
                visitor.visit(entry());
            }
            if (in.read() >= 0) {
                throw new MalformedException("it goes on after its end");
            }
        }

        private LayerEntry entry() throws IOException {
            String name = name();
            TarEntry.Kind kind = KINDS.get(in.readUnsignedByte());
            int mode = in.readUnsignedShort();
            long size = in.readLong();
            String link = text();
            TarEntry header = new TarEntry(name, kind, mode, size, link, in.readBoolean(), 0);
            String digest = text();
            boolean learned = in.readBoolean();
            return new LayerEntry(header, Optional.ofNullable(facts()), digest, learned);
        }

        private String name() throws IOException {
            int shared = in.readInt();
            int rest = in.readInt();
            if (shared < 0 || shared > last.length || rest < 0 || rest > Limits.PAX_BYTES - shared) {
                throw new MalformedException("a name in it is of an impossible length");
            }
            byte[] raw = java.util.Arrays.copyOf(last, shared + rest);
            in.readFully(raw, shared, rest);
            last = raw;
            return new String(raw, StandardCharsets.ISO_8859_1);
        }

        private String text() throws IOException {
            int length = in.readInt();
            if (length < 0 || length > 2 * Limits.PAX_BYTES) {
                throw new MalformedException("a text in it is of an impossible length");
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
    }

    /** A stream that is never longer than a record may get. */
    private static final class Bounded extends BlockInput {
        private final InputStream in;
        private long left = MOST_DECODED;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            int read = in.read(into, from, count);
            left -= Math.max(0, read);
            if (left < 0) {
                throw new MalformedException("it is longer than " + MOST_DECODED + " bytes");
            }
            return read;
        }
    }
}
