package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import io.crs.image.rpm.ChainInput.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Adler32;

/**
 * The package file of rpm's ndb format, all numbers little-endian:
 *
 * <pre>
 *   0  "RpmP", version 0, generation, number of pages of slots, ... up to byte 32; then slots, 4096 bytes a page
 *   slot  "Slot", package number, first block of 16 bytes (0: free), number of blocks
 *   blob  "BlbS", package number, time, length n; n bytes; zeros; Adler-32 of all that, n, "BlbE"
 * </pre>
 */
final class NdbFile {
    private static final int PAGE = 4096;
    private static final int BLOCK = 16;
    private static final int HEADER = 32;
    private static final int BLOB_HEAD = 16;
    private static final int BLOB_TAIL = 12;
    private static final int MOST_PAGES = 2048;
    private static final int SLOT_MAGIC = magic("Slot");
    private static final int HEAD_MAGIC = magic("BlbS");
    private static final int TAIL_MAGIC = magic("BlbE");

    private final RandomBytes bytes;

    NdbFile(RandomBytes bytes) {
        this.bytes = bytes;
    }

    private static int magic(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }

    void eachPackage(RpmDatabase.Headers headers) throws IOException {
        ByteBuffer header = buffer(0, HEADER);
        int version = header.getInt(4);
        int pages = header.getInt(12);
        if (version != 0 || pages < 0 || pages > MOST_PAGES) {
            throw new MalformedException("ndb: version " + Integer.toUnsignedString(version) + " with "
                    + Integer.toUnsignedString(pages) + " pages of slots is not known");
        }
        for (int page = 0; page < pages; page++) {
            ByteBuffer slots = buffer((long) page * PAGE, PAGE);
            for (int at = page == 0 ? HEADER : 0; at < PAGE; at += BLOCK) {
                if (slots.getInt(at) != SLOT_MAGIC) {
                    throw new MalformedException("ndb: no slot at byte " + ((long) page * PAGE + at));
                }
                long block = slots.getInt(at + 8) & 0xffffffffL;
                if (block != 0) {
                    blob(slots.getInt(at + 4), block * BLOCK, (slots.getInt(at + 12) & 0xffffffffL) * BLOCK, headers);
                }
            }
        }
    }

    private void blob(int number, long at, long length, RpmDatabase.Headers headers) throws IOException {
        ByteBuffer head = buffer(at, BLOB_HEAD);
        long size = head.getInt(12) & 0xffffffffL;
        if (head.getInt(0) != HEAD_MAGIC || head.getInt(4) != number) {
            throw new MalformedException("ndb: no package at byte " + at);
        }
        long blocks = (BLOB_HEAD + size + BLOB_TAIL + BLOCK - 1) / BLOCK;
        if (blocks * BLOCK != length || size > Integer.MAX_VALUE) {
            throw new MalformedException("ndb: the package at byte " + at + " has another length than its slot says");
        }
        ChainInput content = new ChainInput(bytes, size, new Piece(at + BLOB_HEAD, (int) size), () -> {
            throw new MalformedException("ndb: a package is cut short");
        });
        if (headers.add(content, size)) {
            verify(at, length, (int) size);
        }
    }

    /** As rpm does, only what is of use is summed up. */
    private void verify(long at, long length, int size) throws IOException {
        Adler32 sum = new Adler32();
        byte[] buffer = new byte[PAGE];
        long end = at + length - BLOB_TAIL;
        for (long from = at; from < end; from += PAGE) {
            int count = (int) Math.min(PAGE, end - from);
            bytes.read(from, buffer, 0, count);
            sum.update(buffer, 0, count);
        }
        ByteBuffer tail = buffer(end, BLOB_TAIL);
        if (tail.getInt(0) != (int) sum.getValue() || tail.getInt(4) != size || tail.getInt(8) != TAIL_MAGIC) {
            throw new MalformedException("ndb: the package at byte " + at + " has a wrong checksum");
        }
    }

    private ByteBuffer buffer(long at, int count) throws IOException {
        return ByteBuffer.wrap(bytes.bytes(at, count)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
