package io.crs.image.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the head of an ELF file: processor, loader, dynamic or not.
 *
 * <p>It goes by segments, since section headers may be stripped. Every offset is checked against the bytes there are.
 */
final class ElfHeader {
    /** The path given where a loader is named beyond the bytes that were read. */
    static final String FAR_INTERPRETER = "?";

    private static final int MAGIC = 0x7f454c46;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int SEGMENT_INTERPRETER = 3;
    private static final int SEGMENT_NOTE = 4;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_SHARED = 3;
    private static final int LONGEST_PATH = 4096;
    private static final int MOST_NOTE_BYTES = 4096;

    private final ByteBuffer head;
    private final boolean wide;
    private String interpreter = "";
    private boolean dynamic;
    private boolean goNote;

    private ElfHeader(ByteBuffer head) {
        this.head = head;
        this.wide = head.get(4) == 2;
    }

    /** Reads a head; empty if it is not that of an ELF executable or library, or is damaged. */
    static Optional<ElfHeader> read(byte[] bytes, int length) {
        if (length < 64 || ByteBuffer.wrap(bytes).getInt() != MAGIC) {
            return Optional.empty();
        }
        boolean big = bytes[5] == 2;
        ByteBuffer head = ByteBuffer.wrap(bytes, 0, length).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        ElfHeader header = new ElfHeader(head);
        return header.readSegments() ? Optional.of(header) : Optional.empty();
    }

    Facts.Elf elf() {
        return new Facts.Elf(head.getShort(18) & 0xffff, type() == TYPE_SHARED, interpreter, dynamic, "");
    }

    /** Returns whether the linker of Go left its note. */
    boolean hasGoNote() {
        return goNote;
    }

    private int type() {
        return head.getShort(16) & 0xffff;
    }

    private boolean readSegments() {
        long table = wide ? head.getLong(32) : head.getInt(28) & 0xffffffffL;
        int entrySize = head.getShort(wide ? 54 : 42) & 0xffff;
        int entries = head.getShort(wide ? 56 : 44) & 0xffff;
        if (entrySize < (wide ? 56 : 32) || (type() != TYPE_EXECUTABLE && type() != TYPE_SHARED)) {
            return false;
        }
        for (int i = 0; i < entries; i++) {
            long at = table + (long) i * entrySize;
            if (at < 0 || at + entrySize > head.limit()) {
                return false;
            }
            switch (head.getInt((int) at)) {
                case SEGMENT_DYNAMIC -> dynamic = true;
                case SEGMENT_INTERPRETER -> interpreter = interpreter((int) at);
                case SEGMENT_NOTE -> goNote |= isGoNote((int) at);
                default -> {}
            }
        }
        return true;
    }

    private long offset(int segment) {
        return wide ? head.getLong(segment + 8) : head.getInt(segment + 4) & 0xffffffffL;
    }

    private long size(int segment) {
        return wide ? head.getLong(segment + 32) : head.getInt(segment + 16) & 0xffffffffL;
    }

    /** Notes are the lengths of name and content, a type, name and content, padded; Go's is of type 4. */
    private boolean isGoNote(int segment) {
        long from = offset(segment);
        long size = size(segment);
        long end = from + Math.min(size, MOST_NOTE_BYTES);
        if (from < 0 || size < 0 || end > head.limit()) {
            return false;
        }
        int at = (int) from;
        while (at + 16 <= end) {
            long name = padded(head.getInt(at));
            long content = padded(head.getInt(at + 4));
            boolean isGo = name == 4 && head.get(at + 12) == 'G' && head.get(at + 13) == 'o' && head.get(at + 14) == 0;
            if (isGo && head.getInt(at + 8) == 4) {
                return true;
            }
            at = (int) Math.min(end, at + 12 + name + content);
        }
        return false;
    }

    private static long padded(int length) {
        return ((length & 0xffffffffL) + 3) & ~3L;
    }

    private String interpreter(int at) {
        long offset = offset(at);
        long size = size(at);
        if (size < 1 || size > LONGEST_PATH || offset < 0 || offset > head.limit() - size) {
            return FAR_INTERPRETER;
        }
        byte[] text = new byte[(int) size];
        head.get((int) offset, text);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.ISO_8859_1);
    }
}
