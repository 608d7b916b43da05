package io.crs.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The known keys of one kind of object, and which of them have come in the object that is being read. */
final class PlainObject {
    private final PlainJson json;
    private final Keys keys;
    private int seen;

    /** The keys of a kind of object, as they are and in quotes. */
    static final class Keys {
        private final String[] names;
        private final byte[][] quoted;

        private Keys(String... names) {
            this.names = names;
            this.quoted = Arrays.stream(names)
                    .map(name -> ('"' + name + '"').getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);
        }

        /** At most 31 keys, in the order in which they are written: the next one is looked for behind the last. */
        static Keys of(String... names) {
            return new Keys(names.clone());
        }
    }

    PlainObject(PlainJson json, Keys keys) {
        this.json = json;
        this.keys = keys;
    }

    void begin() {
        json.expect('{');
        seen = 0;
    }

    /**
     * The next key, with its value to be read next; null at the end of the object, and where that is in doubt: behind a
     * key that is not known, or that comes twice.
     */
    @Nullable
    String next() {
        if (json.unsure() || json.pass('}')) {
            return null;
        }
        if (seen != 0) {
            json.expect(',');
        }
        if (json.isAtEnd()) {
            json.giveUp();
            return null;
        }
        int begin = Integer.SIZE - Integer.numberOfLeadingZeros(seen);
        int found = find(begin, keys.names.length);
        found = found < 0 ? find(0, begin) : found;
        if (found < 0) {
            json.giveUp();
            return null;
        }
        seen |= 1 << found;
        return keys.names[found];
    }

    private int find(int from, int to) {
        for (int i = from; i < to; i++) {
            if ((seen >> i & 1) == 0 && json.passKey(keys.quoted[i])) {
                return i;
            }
        }
        return -1;
    }
}
