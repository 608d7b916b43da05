package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The head of a row of SQLite, which tells kind and length of every column. */
final class SqliteRecord {
    private static final int MOST_HEADER = 1024;

    private final long[] kinds;

    private SqliteRecord(long[] kinds) {
        this.kinds = kinds;
    }

    /** Reads the head of a row; what follows in the stream are its columns, which fit into the row. */
    static SqliteRecord read(InputStream payload, long size) throws IOException {
        long[] kinds = new long[MOST_HEADER];
        int columns = 0;
        Varints header = new Varints(payload);
        long length = header.next();
        if (length < header.count || length > MOST_HEADER || length > size) {
            throw new MalformedException("SQLite: a row has a header of " + length + " bytes");
        }
        while (header.count < length) {
            kinds[columns++] = header.next();
        }
        SqliteRecord row = new SqliteRecord(Arrays.copyOf(kinds, columns));
        long rest = size - header.count;
        for (int i = 0; i < columns; i++) {
            rest -= row.length(i);
            if (rest < 0) {
                throw new MalformedException("SQLite: a row is longer than its place");
            }
        }
        return row;
    }

    int columns() {
        return kinds.length;
    }

    boolean isBlob(int column) {
        return kinds[column] >= 12 && kinds[column] % 2 == 0;
    }

    /** Returns how many bytes a column has; a column that is not there has none. */
    long length(int column) {
        long kind = column < kinds.length ? kinds[column] : 0;
        if (kind >= 12) {
            return (kind - 12) / 2;
        }
        if (kind < 0) {
            return Integer.MAX_VALUE;
        }
        return switch ((int) kind) {
            case 1, 2, 3, 4 -> kind;
            case 5 -> 6;
            case 6, 7 -> 8;
            default -> 0;
        };
    }

    /** Numbers of one to nine bytes. */
    private static final class Varints {
        private final InputStream in;
        private long count;

        Varints(InputStream in) {
            this.in = in;
        }

        long next() throws IOException {
            long value = 0;
            for (int i = 0; i < 8; i++) {
                int b = one();
                value = value << 7 | (b & 0x7f);
                if (b < 0x80) {
                    return value;
                }
            }
            return value << 8 | one();
        }

        private int one() throws IOException {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            count++;
            return b;
        }
    }
}
