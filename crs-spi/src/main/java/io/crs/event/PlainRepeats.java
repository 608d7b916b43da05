package io.crs.event;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects that come again and again, letter for letter: the container, the process, the policy. One that is not there
 * takes the place of another, so that it never grows.
 */
final class PlainRepeats<T> {
    private static final int LONGEST = 1024;
    private static final int HASHED = 24;
    /** Objects begin alike for so many bytes, with a brace and the first key: what follows tells them apart. */
    private static final int ALIKE = 7;

    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final PlainJson json;
    private final byte[] @Nullable [] texts;
    private final @Nullable Object[] objects;
    private final int shift;

    /**
     * Starts with none.
     *
     * @param bits how many are kept, as a power of two; 0 for none
     */
    PlainRepeats(PlainJson json, int bits) {
        this.json = json;
        this.texts = new byte[1 << bits][];
        this.objects = new Object[1 << bits];
        this.shift = Long.SIZE - bits;
    }

    /** The object that comes next, which is read if it is not known. */
    @SuppressWarnings("unchecked") // what is in objects was a T
    T next(Supplier<T> read) {
        int from = json.at();
        if (texts.length == 1 || from + HASHED > json.end()) {
            return read.get();
        }
        byte[] bytes = json.bytes();
        int place = (int) (hash(bytes, from) >>> shift);
        byte @Nullable [] text = texts[place];
        // An object ends where its last brace is, so what begins with the same text is the same.
        if (text != null
                && from + text.length <= json.end()
                && Arrays.equals(text, 0, text.length, bytes, from, from + text.length)) {
            json.goTo(from + text.length);
            return (T) objects[place];
        }
        T object = read.get();
        if (!json.unsure() && json.at() - from <= LONGEST) {
            texts[place] = Arrays.copyOfRange(bytes, from, json.at());
            objects[place] = object;
        }
        return object;
    }

    private static long hash(byte[] bytes, int from) {
        long hash = (long) PlainText.Recent.LONGS.get(bytes, from + ALIKE) * MIX;
        return (hash ^ (hash >>> 32) ^ (long) PlainText.Recent.LONGS.get(bytes, from + ALIKE + Long.BYTES)) * MIX;
    }
}
