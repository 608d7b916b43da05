package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import io.crs.image.rpm.ChainInput.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A hash of Berkeley DB, in the byte order of the machine that made it.
 *
 * <p>Page 0 describes the file: magic at byte 12, length of a page at 20, encryption at 24, kind at 25, flags at 26.
 * Of every other page byte 12 on is: page before, page after, number of items (2 bytes), place of the content (2), level
 * (1), kind (1); then, on a page of the hash, the places of the items, 2 bytes each, keys and values in turn. An item
 * ends where the one before it begins. A value that does not fit is 12 bytes, 4: first overflow page, 8: length; such a
 * page holds as many bytes as its place of the content says.
 */
final class BerkeleyHash {
    private static final int MAGIC = 0x061561;
    private static final int META_KIND = 8;
    private static final int UNSORTED_KIND = 2;
    private static final int SORTED_KIND = 13;
    private static final int OVERFLOW_KIND = 7;
    private static final int PAGE_HEADER = 26;
    private static final int FLAG_CHECKSUMS = 1;
    private static final int ITEM_HERE = 1;
    private static final int ITEM_ELSEWHERE = 3;
    private static final int SHORTEST_HEADER = 8;

    private final RandomBytes bytes;
    private final ByteOrder order;
    private int pageSize;

    BerkeleyHash(RandomBytes bytes, ByteOrder order) {
        this.bytes = bytes;
        this.order = order;
    }

    /** Tells the byte order by the first 16 bytes; empty if the file is no hash of Berkeley DB. */
    static Optional<ByteOrder> order(byte[] head) {
        int magic = ByteBuffer.wrap(head).getInt(12);
        return magic == MAGIC
                ? Optional.of(ByteOrder.BIG_ENDIAN)
                : Integer.reverseBytes(magic) == MAGIC ? Optional.of(ByteOrder.LITTLE_ENDIAN) : Optional.empty();
    }

    void eachPackage(RpmDatabase.Headers headers) throws IOException {
        ByteBuffer meta = buffer(0, 72);
        pageSize = meta.getInt(20);
        boolean isPageSize = pageSize >= 512 && pageSize <= 65536 && Integer.bitCount(pageSize) == 1;
        if (!isPageSize || meta.get(25) != META_KIND) {
            throw new MalformedException("Berkeley DB: the first page describes no hash");
        }
        if (meta.get(24) != 0 || (meta.get(26) & FLAG_CHECKSUMS) != 0) {
            throw new MalformedException("Berkeley DB: encrypted files and files with checksums are not read");
        }
        long pages = bytes.size() / pageSize;
        for (long number = 1; number < pages; number++) {
            long at = number * pageSize;
            int kind = bytes.bytes(at + 25, 1)[0];
            if (kind == SORTED_KIND || kind == UNSORTED_KIND) {
                page(at, headers);
            }
        }
    }

    private void page(long at, RpmDatabase.Headers headers) throws IOException {
        ByteBuffer page = buffer(at, pageSize);
        int items = page.getShort(20) & 0xffff;
        if (PAGE_HEADER + 2 * items > pageSize) {
            throw new MalformedException("Berkeley DB: the page at byte " + at + " has too many items");
        }
        for (int value = 1; value < items; value += 2) {
            int from = place(page, value);
            int end = place(page, value - 1);
            if (from < PAGE_HEADER + 2 * items || from >= end || end > pageSize) {
                throw new MalformedException("Berkeley DB: an item of the page at byte " + at + " is out of place");
            }
            item(page, at, from, end, headers);
        }
    }

    private static int place(ByteBuffer page, int item) {
        return page.getShort(PAGE_HEADER + 2 * item) & 0xffff;
    }

    private void item(ByteBuffer page, long at, int from, int end, RpmDatabase.Headers headers) throws IOException {
        int kind = page.get(from);
        if (kind == ITEM_HERE) {
            int length = end - from - 1;
            // The key 0 has the number of the next package, and no header.
            if (length >= SHORTEST_HEADER) {
                headers.add(new ChainInput(bytes, length, new Piece(at + from + 1, length), BerkeleyHash::cut), length);
            }
        } else if (kind == ITEM_ELSEWHERE && end - from >= 12) {
            long length = page.getInt(from + 8) & 0xffffffffL;
            Overflow chain = new Overflow(page.getInt(from + 4));
            headers.add(new ChainInput(bytes, length, new Piece(0, 0), chain), length);
        } else {
            throw new MalformedException("Berkeley DB: an item of the page at byte " + at + " is of an unknown kind");
        }
    }

    private static Piece cut() throws MalformedException {
        throw new MalformedException("Berkeley DB: a value is cut short");
    }

    private ByteBuffer buffer(long at, int count) throws IOException {
        return ByteBuffer.wrap(bytes.bytes(at, count)).order(order);
    }

    /** The pages of a value that does not fit where it belongs. */
    private final class Overflow implements ChainInput.Chain {
        private long next;

        Overflow(int first) {
            this.next = first & 0xffffffffL;
        }

        @Override
        public Piece next() throws IOException {
            if (next == 0) {
                return cut();
            }
            long at = next * pageSize;
            ByteBuffer page = buffer(at, PAGE_HEADER);
            int length = page.getShort(22) & 0xffff;
            if (page.get(25) != OVERFLOW_KIND || length > pageSize - PAGE_HEADER) {
                throw new MalformedException("Berkeley DB: the page at byte " + at + " is no part of a value");
            }
            next = page.getInt(16) & 0xffffffffL;
            return new Piece(at + PAGE_HEADER, length);
        }
    }
}
