package io.crs.event;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * A name the kernel knows as bytes: a path, or a host name.
 *
 * @param text the name; where its bytes are not UTF-8, with U+FFFD in their place
 * @param base64 the exact bytes (RFC 4648, with padding), only where they are not UTF-8
 */
public record EventText(String text, Optional<String> base64) {
    /**
     * Checks the base 64.
     *
     * @throws IllegalArgumentException if it is not base 64
     */
    public EventText {
        Objects.requireNonNull(text, "text");
        base64.ifPresent(encoded -> Base64.getDecoder().decode(encoded));
    }

    /** A name that is text. */
    public static EventText of(String text) {
        return new EventText(text, Optional.empty());
    }

    /** A name of any bytes. */
    public static EventText of(byte[] bytes) {
        try {
            return of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return new EventText(
                    new String(bytes, StandardCharsets.UTF_8),
                    Optional.of(Base64.getEncoder().encodeToString(bytes)));
        }
    }

    /** The exact bytes. */
    public byte[] bytes() {
        return base64.map(encoded -> Base64.getDecoder().decode(encoded))
                .orElseGet(() -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text. */
    @Override
    public String toString() {
        return text;
    }
}
