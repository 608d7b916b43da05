package io.crs.image.location;

import io.crs.image.format.BlockInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file; skipping moves on without reading, and never past the end of the part. */
final class SliceInput extends BlockInput {
    private final FileChannel channel;
    private long at;
    private final long end;

    SliceInput(FileChannel channel, long offset, long size) {
        this.channel = channel;
        this.at = offset;
        this.end = offset + size;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int wanted = (int) Math.min(length, end - at);
        int read = wanted == 0 ? -1 : channel.read(ByteBuffer.wrap(bytes, offset, wanted), at);
        at += Math.max(0, read);
        return read;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.max(0, Math.min(count, end - at));
        at += skipped;
        return skipped;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
