package io.crs.image.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an ELF file needs where it is started or loaded.
 *
 * @param interpreter the path of its loader; empty if it has none
 * @param libraries the names of the libraries it is linked with, in their order
 * @param glibc the newest version of glibc it needs a symbol of, such as {@code 2.28}
 */
public record ElfNeeds(String interpreter, List<String> libraries, Optional<String> glibc) {
    private static final int MAGIC = 0x464c457f;
    private static final int WIDE_LITTLE_ENDIAN = 0x0102;
    private static final int SEGMENT_LOAD = 1;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int SEGMENT_INTERPRETER = 3;
    private static final long TAG_END = 0;
    private static final long TAG_LIBRARY = 1;
    private static final long TAG_STRINGS = 5;
    private static final long TAG_VERSIONS = 0x6ffffffeL;
    private static final long TAG_VERSION_COUNT = 0x6fffffffL;
    private static final int FLAG_WEAK = 2;
    private static final int MOST = 4096;
    private static final Pattern GLIBC = Pattern.compile("GLIBC_([0-9]{1,4}(?:\\.[0-9]{1,4}){1,3})");

    /** Copies the list. */
    public ElfNeeds {
        libraries = List.copyOf(libraries);
    }

    /** Reads a file; empty if it is no 64-bit little-endian ELF file, or is damaged. */
    public static Optional<ElfNeeds> of(byte[] file) {
        if (file.length < 64) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) != MAGIC || bytes.getShort(4) != WIDE_LITTLE_ENDIAN) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Reader(bytes).read());
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A part of the file that is mapped when it is loaded. */
    private record Mapped(long address, long offset, long size) {}

    /** Every place outside the file ends in an {@link IndexOutOfBoundsException}. */
    private static final class Reader {
        private final ByteBuffer bytes;
        private final List<Mapped> mapped = new ArrayList<>();
        private final List<Long> libraries = new ArrayList<>();
        private final Map<Long, Long> dynamic = new HashMap<>();

        Reader(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        ElfNeeds read() {
            String interpreter = "";
            long table = bytes.getLong(32);
            int size = bytes.getShort(54) & 0xffff;
            int count = bytes.getShort(56) & 0xffff;
            for (int i = 0; i < count; i++) {
                int at = Math.toIntExact(table + (long) i * size);
                int offset = Math.toIntExact(bytes.getLong(at + 8));
                long length = bytes.getLong(at + 32);
                switch (bytes.getInt(at)) {
                    case SEGMENT_LOAD -> mapped.add(new Mapped(bytes.getLong(at + 16), offset, length));
                    case SEGMENT_DYNAMIC -> readDynamic(offset, length);
                    case SEGMENT_INTERPRETER -> interpreter = text(offset);
                    default -> {}
                }
            }
            return new ElfNeeds(interpreter, libraries.stream().map(this::name).toList(), newest());
        }

        private void readDynamic(int offset, long length) {
            for (int at = offset; at < offset + Math.min(length, 16L * MOST); at += 16) {
                long tag = bytes.getLong(at);
                if (tag == TAG_END) {
                    return;
                }
                if (tag == TAG_LIBRARY) {
                    libraries.add(bytes.getLong(at + 8));
                } else {
                    dynamic.put(tag, bytes.getLong(at + 8));
                }
            }
        }

        private Optional<String> newest() {
            long files = Math.min(MOST, dynamic.getOrDefault(TAG_VERSION_COUNT, 0L));
            Optional<String> newest = Optional.empty();
            int file = files > 0 ? place(dynamic.getOrDefault(TAG_VERSIONS, -1L)) : 0;
            int left = MOST;
            for (long i = 0; i < files; i++) {
                int version = Math.addExact(file, bytes.getInt(file + 8));
                int versions = bytes.getShort(file + 2) & 0xffff;
                for (int j = 0; j < versions && left-- > 0; j++) {
                    Matcher name = GLIBC.matcher(name(bytes.getInt(version + 8)));
                    boolean weak = (bytes.getShort(version + 4) & FLAG_WEAK) != 0;
                    if (!weak
                            && name.matches()
                            && newest.filter(each -> !VersionNumbers.isOlder(each, name.group(1)))
                                    .isEmpty()) {
                        newest = Optional.of(name.group(1));
                    }
                    version = Math.addExact(version, bytes.getInt(version + 12));
                }
                file = Math.addExact(file, bytes.getInt(file + 12));
            }
            return newest;
        }

        private String name(long offset) {
            return text(Math.toIntExact(Math.addExact(place(dynamic.getOrDefault(TAG_STRINGS, -1L)), offset)));
        }

        /** Where in the file lies what is loaded at an address. */
        private int place(long address) {
            for (Mapped each : mapped) {
                if (address >= each.address && address - each.address < each.size) {
                    return Math.toIntExact(Math.addExact(each.offset, address - each.address));
                }
            }
            throw new IndexOutOfBoundsException("nothing of the file is loaded there");
        }

        private String text(int at) {
            int end = at;
            while (bytes.get(end) != 0 && end - at < MOST) {
                end++;
            }
            byte[] text = new byte[end - at];
            bytes.get(at, text);
            return new String(text, StandardCharsets.ISO_8859_1);
        }
    }
}
