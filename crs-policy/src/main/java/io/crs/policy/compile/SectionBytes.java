package io.crs.policy.compile;

import java.util.Arrays;

/** The bytes of a section while it grows. */
final class SectionBytes {
    private byte[] array = new byte[1024];
    private int size;

    /** Adds this many bytes of 0 and gives the place of the first. */
    int grow(int count) {
        int at = size;
        size = Math.addExact(size, count);
        if (size > TableLayout.MAX_SIZE) {
            throw new IllegalArgumentException("the decision table would be larger than 64 MiB; the policy has too"
                    + " many rules, or too long ones");
        }
        if (size > array.length) {
            array = Arrays.copyOf(array, Math.max(size, 2 * array.length));
        }
        return at;
    }

    /** Adds bytes and gives the place of the first. */
    int add(byte[] bytes) {
        int at = grow(bytes.length);
        System.arraycopy(bytes, 0, array, at, bytes.length);
        return at;
    }

    void put8(int at, int value) {
        array[at] = (byte) value;
    }

    void put16(int at, int value) {
        LittleEndian.put16(array, at, value);
    }

    void put64(int at, long value) {
        LittleEndian.put64(array, at, value);
    }

    void put32(int at, int value) {
        LittleEndian.put32(array, at, value);
    }

    int size() {
        return size;
    }

    void copyTo(byte[] target, int at) {
        System.arraycopy(array, 0, target, at, size);
    }
}
