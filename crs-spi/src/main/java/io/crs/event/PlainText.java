package io.crs.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A string of a line, in the forms that events want it in. */
record PlainText(String text, Optional<String> known, Optional<EventText> name) {
    /** What stands for a string that could not be read. */
    static final PlainText NONE = new PlainText("", Optional.empty(), Optional.empty());

    private static PlainText of(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        return new PlainText(text, Optional.of(text), Optional.of(EventText.of(text)));
    }

    /**
     * The strings of the last lines: programs, calls, flags and many paths come again and again. A string that is not
     * there takes the place of another, so that it never grows.
     */
    static final class Recent {
        static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private static final int LONGEST = 128;
        private static final long MIX = 0x9E3779B97F4A7C15L;

        private final byte[][] keys;
        private final PlainText[] texts;
        private final int shift;

        /**
         * Starts with the empty text.
         *
         * @param bits how many are kept, as a power of two; 0 for none
         */
        Recent(int bits) {
            keys = new byte[1 << bits][];
            texts = new PlainText[1 << bits];
            Arrays.fill(keys, new byte[0]);
            Arrays.fill(texts, of(new byte[0], 0, 0));
            shift = Long.SIZE - bits;
        }

        /** The text of these bytes. */
        PlainText text(byte[] bytes, int from, int length) {
            if (length > LONGEST || keys.length == 1) {
                return of(bytes, from, length);
            }
            int place = (int) (hash(bytes, from, length) >>> shift);
            byte[] key = keys[place];
            if (Arrays.equals(key, 0, key.length, bytes, from, from + length)) {
                return texts[place];
            }
            PlainText text = of(bytes, from, length);
            keys[place] = Arrays.copyOfRange(bytes, from, from + length);
            texts[place] = text;
            return text;
        }

        /** Of some bytes only: two texts in one place cost time, no more. */
        private static long hash(byte[] bytes, int from, int length) {
            long hash = length;
            if (length < Long.BYTES) {
                for (int i = from; i < from + length; i++) {
                    hash = (hash << Byte.SIZE) | (bytes[i] & 0xFF);
                }
                return hash * MIX;
            }
            hash = (hash ^ (long) LONGS.get(bytes, from)) * MIX;
            hash = (hash ^ (hash >>> 32) ^ (long) LONGS.get(bytes, from + length / 2 - Integer.BYTES)) * MIX;
            return (hash ^ (hash >>> 32) ^ (long) LONGS.get(bytes, from + length - Long.BYTES)) * MIX;
        }
    }
}
