package io.crs.image.rpm;

import io.crs.image.format.BlockInput;
import java.io.IOException;

/** Content that lies in pieces all over a file, each found by the one before it. */
final class ChainInput extends BlockInput {
    private final RandomBytes bytes;
    private final Chain chain;
    private long left;
    private Piece piece;

    /** A part of a file. */
    record Piece(long offset, int length) {}

    /** How the next piece is found. */
    @FunctionalInterface
    interface Chain {
        Piece next() throws IOException;
    }

    /**
     * Content of a known length.
     *
     * @param first its first piece, which may be of no length, or longer than the content
     */
    ChainInput(RandomBytes bytes, long size, Piece first, Chain chain) {
        this.bytes = bytes;
        this.left = size;
        this.piece = first;
        this.chain = chain;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
        if (left == 0) {
            return -1;
        }
        while (piece.length() == 0) {
            piece = chain.next();
        }
        int now = (int) Math.min(Math.min(count, piece.length()), left);
        bytes.read(piece.offset(), into, from, now);
        piece = new Piece(piece.offset() + now, piece.length() - now);
        left -= now;
        return now;
    }
}
