package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import io.crs.image.rpm.ChainInput.Piece;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * A database of SQLite, as far as rpm's table {@code Packages(hnum, blob)} needs: the tree of a table, its pages and the
 * chains of what does not fit on them. What a write-ahead log beside it holds is not seen.
 */
final class SqliteFile {
    private static final int FILE_HEADER = 100;
    private static final int INTERIOR = 5;
    private static final int LEAF = 13;
    private static final int LONGEST_SCHEMA_ROW = 1 << 20;

    private final RandomBytes bytes;
    private int pageSize;
    private int usable;
    private Charset charset = StandardCharsets.UTF_8;

    SqliteFile(RandomBytes bytes) {
        this.bytes = bytes;
    }

    /** What is done with each row of a table. */
    private interface Rows {
        void row(InputStream payload, long size) throws IOException;
    }

    void eachPackage(RpmDatabase.Headers headers) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes.bytes(0, FILE_HEADER));
        int stated = header.getShort(16) & 0xffff;
        pageSize = stated == 1 ? 65536 : stated;
        usable = pageSize - (header.get(20) & 0xff);
        if (pageSize < 512 || Integer.bitCount(pageSize) != 1 || usable < 480) {
            throw new MalformedException("SQLite: a page of " + stated + " bytes is not possible");
        }
        charset = switch (header.getInt(56)) {
            case 2 -> StandardCharsets.UTF_16LE;
            case 3 -> StandardCharsets.UTF_16BE;
            default -> StandardCharsets.UTF_8;
        };
        Schema schema = new Schema();
        walk(1, schema);
        if (schema.root == 0) {
            throw new MalformedException("SQLite: there is no table Packages");
        }
        walk(schema.root, (payload, size) -> packageRow(payload, size, headers));
    }

    private static void packageRow(InputStream payload, long size, RpmDatabase.Headers headers) throws IOException {
        SqliteRecord row = SqliteRecord.read(payload, size);
        payload.skipNBytes(row.length(0));
        if (row.columns() > 1 && row.isBlob(1)) {
            headers.add(payload, row.length(1));
        }
    }

    private final class Schema implements Rows {
        private long root;

        @Override
        public void row(InputStream payload, long size) throws IOException {
            if (size > LONGEST_SCHEMA_ROW) {
                throw new MalformedException("SQLite: a row of the schema has " + size + " bytes");
            }
            SqliteRecord row = SqliteRecord.read(payload, size);
            if (row.columns() < 4) {
                throw new MalformedException("SQLite: a row of the schema lacks columns");
            }
            String type = text(payload, row.length(0));
            String name = text(payload, row.length(1));
            payload.skipNBytes(row.length(2));
            if (type.equals("table") && name.equals("Packages")) {
                root = 0;
                for (byte b : exactly(payload, row.length(3))) {
                    root = root << 8 | (b & 0xff);
                }
            }
        }

        private String text(InputStream in, long length) throws IOException {
            return new String(exactly(in, length), charset);
        }
    }

    private static byte[] exactly(InputStream in, long length) throws IOException {
        byte[] read = in.readNBytes((int) Math.min(length, LONGEST_SCHEMA_ROW));
        if (read.length < length) {
            throw new EOFException();
        }
        return read;
    }

    private void walk(long root, Rows rows) throws IOException {
        Set<Long> seen = new HashSet<>();
        Deque<Long> todo = new ArrayDeque<>();
        todo.push(root);
        while (!todo.isEmpty()) {
            long number = todo.pop();
            if (!seen.add(number)) {
                throw new MalformedException("SQLite: page " + number + " comes twice in a table");
            }
            page(number, todo, rows);
        }
    }

    private void page(long number, Deque<Long> todo, Rows rows) throws IOException {
        long at = offset(number);
        ByteBuffer page = ByteBuffer.wrap(bytes.bytes(at, pageSize));
        int header = number == 1 ? FILE_HEADER : 0;
        int kind = page.get(header);
        int cells = page.getShort(header + 3) & 0xffff;
        int pointers = header + (kind == INTERIOR ? 12 : 8);
        if ((kind != INTERIOR && kind != LEAF) || pointers + 2 * cells > usable) {
            throw new MalformedException("SQLite: page " + number + " is not one of a table");
        }
        if (kind == INTERIOR) {
            todo.push(page.getInt(header + 8) & 0xffffffffL);
        }
        for (int i = 0; i < cells; i++) {
            int cell = page.getShort(pointers + 2 * i) & 0xffff;
            if (cell < pointers + 2 * cells || cell > usable - 4) {
                throw new MalformedException("SQLite: a row of page " + number + " is out of place");
            }
            if (kind == INTERIOR) {
                todo.push(page.getInt(cell) & 0xffffffffL);
            } else {
                row(page.position(cell), at, rows);
            }
        }
    }

    private void row(ByteBuffer page, long at, Rows rows) throws IOException {
        page.limit(usable);
        try {
            long size = varint(page);
            varint(page);
            if (size < 0 || size > bytes.size()) {
                throw new MalformedException("SQLite: a row has " + size + " bytes");
            }
            int here = local(size);
            int from = page.position();
            page.position(from + here);
            long next = here < size ? page.getInt() & 0xffffffffL : 0;
            rows.row(new ChainInput(bytes, size, new Piece(at + from, here), new Overflow(next)), size);
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedException("SQLite: a row goes beyond its page", e);
        } catch (EOFException e) {
            throw new MalformedException("SQLite: a row is cut short", e);
        }
        page.limit(pageSize);
    }

    /** How much of a row lies on the page of its table. */
    private int local(long size) {
        if (size <= usable - 35) {
            return (int) size;
        }
        int least = (usable - 12) * 32 / 255 - 23;
        int most = (int) (least + (size - least) % (usable - 4));
        return most <= usable - 35 ? most : least;
    }

    private long offset(long page) throws MalformedException {
        if (page < 1) {
            throw new MalformedException("SQLite: there is no page " + page);
        }
        return (page - 1) * pageSize;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            byte b = in.get();
            value = value << 7 | (b & 0x7f);
            if (b >= 0) {
                return value;
            }
        }
        return value << 8 | (in.get() & 0xff);
    }

    /** The pages of a row that does not fit on the page of its table. */
    private final class Overflow implements ChainInput.Chain {
        private long next;

        Overflow(long first) {
            this.next = first;
        }

        @Override
        public Piece next() throws IOException {
            long at = offset(next);
            next = ByteBuffer.wrap(bytes.bytes(at, 4)).getInt() & 0xffffffffL;
            return new Piece(at + 4, usable - 4);
        }
    }
}
