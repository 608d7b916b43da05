package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The header of an installed package, all numbers big-endian:
 *
 * <pre>
 *   0  number of entries n      4  length of the data
 *   8  n entries: tag, type, offset in the data, count; four bytes each
 *   8 + 16 n  the data
 * </pre>
 */
final class RpmHeader {
    private static final int NAME = 1000;
    private static final int VERSION = 1001;
    private static final int RELEASE = 1002;
    private static final int EPOCH = 1003;
    private static final int ARCHITECTURE = 1022;
    private static final Set<Integer> TAGS = Set.of(NAME, VERSION, RELEASE, EPOCH, ARCHITECTURE);

    private static final int TYPE_INT32 = 4;
    private static final int TYPE_STRING = 6;
    private static final int MOST_ENTRIES = 0xffff;
    private static final int LONGEST_TEXT = 1024;

    private final InputStream in;
    private final Map<Integer, String> values = new HashMap<>();

    private RpmHeader(InputStream in) {
        this.in = in;
    }

    /** Reads a header as far as it is needed; empty if it is of a package of another name. */
    static Optional<RpmPackage> read(InputStream in, long size, Set<String> names) throws IOException {
        try {
            return new RpmHeader(new BufferedInputStream(in, 1024)).read(size, names);
        } catch (EOFException e) {
            throw new MalformedException("rpm: the header of a package is cut short", e);
        }
    }

    private Optional<RpmPackage> read(long size, Set<String> names) throws IOException {
        List<Entry> entries = entries(size);
        long at = 0;
        for (Entry entry : entries) {
            if (entry.offset < at) {
                throw new MalformedException("rpm: values in the header of a package overlap");
            }
            in.skipNBytes(entry.offset - at);
            at = entry.offset + value(entry);
            if (entry.tag == NAME && !names.contains(values.get(NAME))) {
                return Optional.empty();
            }
        }
        String name = values.get(NAME);
        String version = values.get(VERSION);
        if (name == null || version == null) {
            return Optional.empty();
        }
        String epoch = values.containsKey(EPOCH) ? values.get(EPOCH) + ":" : "";
        String release = values.containsKey(RELEASE) ? "-" + values.get(RELEASE) : "";
        return Optional.of(new RpmPackage(name, epoch + version + release, values.getOrDefault(ARCHITECTURE, "")));
    }

    private List<Entry> entries(long size) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(exactly(8));
        int count = head.getInt();
        long length = head.getInt() & 0xffffffffL;
        if (count < 0 || count > MOST_ENTRIES || 8 + 16L * count + length > size) {
            throw new MalformedException("rpm: the header of a package is longer than its place");
        }
        ByteBuffer index = ByteBuffer.wrap(exactly(16 * count));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int tag = index.getInt();
            int type = index.getInt();
            Entry entry = new Entry(tag, type, index.getInt() & 0xffffffffL);
            index.getInt();
            boolean isText = type == TYPE_STRING && tag != EPOCH;
            if (TAGS.contains(tag) && (isText || (type == TYPE_INT32 && tag == EPOCH))) {
                entries.add(entry);
            }
        }
        entries.sort(Comparator.comparingLong(Entry::offset));
        return entries;
    }

    /** Reads a value and returns how many bytes it has. */
    private int value(Entry entry) throws IOException {
        if (entry.type == TYPE_INT32) {
            values.put(
                    entry.tag,
                    Integer.toUnsignedString(ByteBuffer.wrap(exactly(4)).getInt()));
            return 4;
        }
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != 0; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (text.length() == LONGEST_TEXT) {
                throw new MalformedException("rpm: the name or version of a package is too long");
            }
            text.append((char) c);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        values.put(entry.tag, new String(bytes, StandardCharsets.UTF_8));
        return bytes.length + 1;
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }

    private record Entry(int tag, int type, long offset) {}
}
