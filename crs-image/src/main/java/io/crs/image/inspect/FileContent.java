package io.crs.image.inspect;

import io.crs.image.Digest;
import io.crs.image.format.TarEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What was read of a file while its layer streamed by.
 *
 * @param facts what it says, if that matters
 * @param digest the SHA-256 of a program in hexadecimal, where that was wanted; else empty
 */
record FileContent(Optional<Facts> facts, String digest) {
    private static final FileContent NONE = new FileContent(Optional.empty(), "");

    /**
     * Which files are read, and for what.
     *
     * @param facts reads what a file says
     * @param digests whether programs are digested
     */
    record Reader(FactReader facts, boolean digests) {
        FileContent read(TarEntry entry, InputStream content) throws IOException {
            if (!FileTree.isInteresting(entry)) {
                return NONE;
            }
            String path = "/" + entry.name();
            if (!digests || (entry.mode() & 0111) == 0) {
                return new FileContent(facts.read(path, entry, content), "");
            }
            MessageDigest hash = Digest.newSha256();
            DigestInputStream hashed = new DigestInputStream(content, hash);
            Optional<Facts> read = facts.read(path, entry, hashed);
            hashed.transferTo(OutputStream.nullOutputStream());
            return new FileContent(read, HexFormat.of().formatHex(hash.digest()));
        }
    }
}
