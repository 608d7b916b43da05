package io.crs.policy.compile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Texts as UTF-8 in arrays that are used again and again. */
final class TextSlots {
    private static final int UNKNOWN = -1;
    private static final int LEAST = 64;

    /** An array of more bytes is not kept when its text is forgotten. */
    private static final int MOST_KEPT = 16 << 10;

    /** An automaton reads words: so many bytes behind a text are there, whatever they are. */
    private static final int BEHIND = Long.BYTES;

    private static final byte[] INSIDE = {'/', '#'};

    private static final byte[] NOTHING = new byte[BEHIND];

    private final byte[][] texts;
    private final int[] lengths;

    TextSlots(int count) {
        texts = new byte[count][];
        lengths = new int[count];
        Arrays.fill(texts, NOTHING);
        forget(0, count);
    }

    void forget(int from, int to) {
        for (int slot = from; slot < to; slot++) {
            lengths[slot] = UNKNOWN;
            if (texts[slot].length > MOST_KEPT) {
                texts[slot] = NOTHING;
            }
        }
    }

    void forget(int slot) {
        lengths[slot] = UNKNOWN;
    }

    void set(int slot, byte[] utf8, int from, int to) {
        int length = to - from;
        System.arraycopy(utf8, from, room(slot, length), 0, length);
        lengths[slot] = length;
    }

    void set(int slot, String text) {
        int length = text.length();
        byte[] room = room(slot, length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                set(slot, utf8, 0, utf8.length);
                return;
            }
            room[i] = (byte) c;
        }
        lengths[slot] = length;
    }

    /** Makes a text of what a folder is called, a slash, and the sign the kernel has for a file without a name. */
    void setInside(int slot, int folder) {
        int length = lengths[folder];
        if (length <= 0) {
            lengths[slot] = length;
            return;
        }
        byte[] room = room(slot, length + INSIDE.length);
        System.arraycopy(texts[folder], 0, room, 0, length);
        int from = room[length - 1] == '/' ? length - 1 : length;
        System.arraycopy(INSIDE, 0, room, from, INSIDE.length);
        lengths[slot] = from + INSIDE.length;
    }

    private byte[] room(int slot, int length) {
        byte[] room = texts[slot];
        if (room.length < length + BEHIND) {
            room = new byte[Math.max(LEAST, 2 * length) + BEHIND];
            texts[slot] = room;
        }
        return room;
    }

    /** The bytes of a text, of which {@link #length} count. */
    byte[] text(int slot) {
        return texts[slot];
    }

    /** The number of bytes of a text; −1 if it is not known. */
    int length(int slot) {
        return lengths[slot];
    }
}
