package io.crs.image.daemon;

import io.crs.image.format.BlockInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The content of an answer: of a stated length, in chunks, or up to the end of the connection. */
final class HttpBody extends BlockInput {
    private static final int LONGEST_SIZE = 15;

    private final InputStream in;
    private final boolean chunked;
    private final boolean measured;
    private long left;
    private boolean first = true;
    private boolean ended;

    private HttpBody(InputStream in, boolean chunked, long length) {
        this.in = in;
        this.chunked = chunked;
        this.measured = length >= 0;
        this.left = Math.max(0, length);
    }

    /**
     * Returns what follows a head.
     *
     * @throws IOException if the head does not say without doubt where it ends
     */
    static InputStream of(HttpHead head, boolean headOnly, InputStream in) throws IOException {
        Optional<String> length = head.single("content-length");
        Optional<String> coding = head.single("transfer-encoding");
        if (headOnly || head.status() == 204 || head.status() == 304) {
            return InputStream.nullInputStream();
        }
        if (coding.isPresent()) {
            if (length.isPresent() || !coding.get().equalsIgnoreCase("chunked")) {
                throw new IOException("its answer is coded in a way that is not understood");
            }
            return new HttpBody(in, true, -1);
        }
        if (length.isPresent() && !length.get().matches("[0-9]{1,18}")) {
            throw new IOException("its answer has no true length");
        }
        return new HttpBody(in, false, length.map(Long::parseLong).orElse(-1L));
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (chunked && left == 0 && !ended) {
            nextChunk();
        }
        if (ended || (measured && left == 0)) {
            return -1;
        }
        boolean bounded = chunked || measured;
        int count = in.read(bytes, offset, bounded ? (int) Math.min(length, left) : length);
        if (count < 0) {
            if (bounded) {
                throw new EOFException("its answer is cut short");
            }
            return -1;
        }
        left -= bounded ? count : 0;
        return count;
    }

    private void nextChunk() throws IOException {
        HttpHead.Lines lines = new HttpHead.Lines(in);
        if (!first && !lines.next().isEmpty()) {
            throw new IOException("its answer has a chunk longer than it says");
        }
        first = false;
        String size = lines.next().split(";", 2)[0].strip();
        if (!size.matches("[0-9a-fA-F]{1," + LONGEST_SIZE + "}")) {
            throw new IOException("its answer has a chunk without a size");
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            ended = true;
            while (!lines.next().isEmpty()) {
                // A header after the content, which nobody asked for; all of them have one bound.
            }
        }
    }
}
