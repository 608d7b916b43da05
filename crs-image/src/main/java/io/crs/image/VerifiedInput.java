package io.crs.image;

import io.crs.image.format.BlockInput;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.Supplier;

/** A stream that must have a given digest, and a given length unless that is negative. */
final class VerifiedInput extends BlockInput {
    private final InputStream in;
    private final Digest digest;
    private final long size;
    private final Supplier<String> what;
    private final MessageDigest hash;
    private final byte[] skipped = new byte[16 << 10];
    private long count;
    private boolean verified;

    VerifiedInput(InputStream in, Digest digest, long size, Supplier<String> what) {
        this.in = in;
        this.digest = digest;
        this.size = size;
        this.what = what;
        this.hash = digest.newHash();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read < 0) {
            verify();
            return -1;
        }
        count += read;
        if (size >= 0 && count > size) {
            throw new InvalidImageException(what.get() + " is longer than the " + size + " bytes its descriptor says");
        }
        hash.update(bytes, offset, read);
        return read;
    }

    @Override
    public long skip(long number) throws IOException {
        long left = number;
        while (left > 0) {
            int read = read(skipped, 0, (int) Math.min(skipped.length, left));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return Math.max(0, number) - Math.max(0, left);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void verify() throws IOException {
        if (verified) {
            return;
        }
        if (size >= 0 && count < size) {
            throw new InvalidImageException(
                    what.get() + " is cut short: " + count + " of the " + size + " bytes its descriptor says");
        }
        if (!digest.matches(hash)) {
            throw new InvalidImageException(what.get() + " has other bytes than its digest " + digest + " says");
        }
        verified = true;
    }
}
