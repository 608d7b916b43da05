package io.crs.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * The name of some bytes: {@code sha256:} or {@code sha512:} and their hash in lower-case hexadecimal digits.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex 64 or 128 digits {@code 0-9a-f}
 */
public record Digest(String algorithm, String hex) {
    private static final Map<String, Integer> DIGITS = Map.of("sha256", 64, "sha512", 128);

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException if the algorithm is another one, or the digits are not exactly as many as it
     *     has, in lower case
     */
    public Digest {
        Integer digits = DIGITS.get(Objects.requireNonNull(algorithm, "algorithm"));
        if (digits == null) {
            throw new IllegalArgumentException(
                    "the digest algorithm \"" + algorithm + "\" is neither sha256 nor sha512");
        }
        if (hex.length() != digits || !hex.chars().allMatch(Digest::isHexDigit)) {
            throw new IllegalArgumentException("\"" + hex + "\" is not the " + digits
                    + " lower-case hexadecimal digits of a " + algorithm + " digest");
        }
    }

    /**
     * Reads {@code algorithm:digits}.
     *
     * @throws IllegalArgumentException if the text is no digest
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not a digest: write sha256: and 64 digits");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Returns the SHA-256 digest of some bytes. */
    public static Digest of(byte[] bytes) {
        MessageDigest hash = newSha256();
        return new Digest("sha256", HexFormat.of().formatHex(hash.digest(bytes)));
    }

    /** Returns the digest that some bytes have by this digest's algorithm. */
    public Digest sameAlgorithm(byte[] bytes) {
        return new Digest(algorithm, HexFormat.of().formatHex(newHash().digest(bytes)));
    }

    /** Returns a new, empty SHA-256 hash. */
    public static MessageDigest newSha256() {
        return hash("sha256");
    }

    /** Returns a new, empty hash of this digest's algorithm. */
    public MessageDigest newHash() {
        return hash(algorithm);
    }

    /** Returns whether a finished hash is this digest. The hash is reset by it. */
    public boolean matches(MessageDigest hash) {
        return hex.equals(HexFormat.of().formatHex(hash.digest()));
    }

    /** Returns {@code algorithm:digits}. */
    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }

    private static MessageDigest hash(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no " + algorithm, e);
        }
    }

    private static boolean isHexDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
}
