package io.crs.policy.compile;

import java.util.Arrays;

/** A growing list of numbers, used as a set once {@link #sorted}. Not a value: {@link Key} is one. */
final class Ints {
    private int[] array = new int[16];
    private int size;

    /** Numbers as the key of a map. */
    static final class Key {
        private final int first;
        private final int[] rest;
        private final int hash;

        Key(int first, int[] rest) {
            this.first = first;
            this.rest = rest;
            this.hash = 31 * Arrays.hashCode(rest) + first;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && first == key.first && Arrays.equals(rest, key.rest);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    void clear() {
        size = 0;
    }

    void add(int number) {
        if (size == array.length) {
            array = Arrays.copyOf(array, 2 * size);
        }
        array[size++] = number;
    }

    int size() {
        return size;
    }

    int get(int i) {
        return array[i];
    }

    /** Drops all but the first. */
    void cut(int count) {
        size = count;
    }

    void set(int i, int number) {
        array[i] = number;
    }

    /** Sorts, and drops what is there twice. */
    Ints sorted() {
        if (size > 1) {
            Arrays.sort(array, 0, size);
            int kept = 1;
            for (int i = 1; i < size; i++) {
                if (array[i] != array[kept - 1]) {
                    array[kept++] = array[i];
                }
            }
            size = kept;
        }
        return this;
    }

    int[] toArray() {
        return Arrays.copyOf(array, size);
    }
}
