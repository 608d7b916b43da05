package io.crs.agent;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The bytes of a decision table, known by their digest. Immutable. */
public final class AgentTable {
    /** The most bytes an agent takes: 64 MiB. */
    public static final int LARGEST = 64 << 20;

    private final ByteBuffer bytes;
    private final String digest;

    private AgentTable(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        digest = "sha256:" + HexFormat.of().formatHex(sha256(bytes));
    }

    /**
     * A table of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are more than {@link #LARGEST}
     */
    public static AgentTable of(byte[] bytes) {
        if (bytes.length > LARGEST) {
            throw new IllegalArgumentException("a table has at most " + LARGEST + " bytes, not " + bytes.length);
        }
        return new AgentTable(bytes.clone());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@code sha256:} and 64 hexadecimal digits. */
    public String digest() {
        return digest;
    }

    /** The bytes, read-only, from the first to the last. */
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgentTable table && table.digest.equals(digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return digest;
    }
}
