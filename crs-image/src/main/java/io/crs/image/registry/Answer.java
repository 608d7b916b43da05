package io.crs.image.registry;

import io.crs.image.InvalidImageException;
import io.crs.image.format.ForeignText;
import io.crs.image.format.Json;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a registry answered. Whoever has it closes it.
 *
 * @param status of HTTP
 * @param headers of HTTP
 * @param uri where the answer came from, redirects followed
 * @param body the content, to be read once
 */
record Answer(int status, HttpHeaders headers, URI uri, InputStream body) implements Closeable {
    private static final int LONGEST_ERROR = 1 << 20;

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    Optional<String> header(String name) {
        return headers.firstValue(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    OptionalLong length() {
        try {
            return header("Content-Length").isPresent()
                    ? OptionalLong.of(Long.parseLong(header("Content-Length").orElseThrow()))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Reads the whole content. */
    byte[] bytes(int limit, String what) throws IOException {
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new InvalidImageException(what + " has more than " + limit + " bytes, the limit");
        }
        return bytes;
    }

    /** Returns what the registry says went wrong; blank if it says nothing readable. */
    String problem() {
        try {
            Json json = Json.parse(body.readNBytes(LONGEST_ERROR), "an error");
            return ForeignText.line(json.get("errors").map(Json::elements).orElse(List.of()).stream()
                    .map(error -> error.text("code").orElse("")
                            + error.text("message").map(text -> ": " + text).orElse(""))
                    .collect(Collectors.joining("; ")));
        } catch (IOException e) {
            return ""; // no JSON, or cut off: the status says enough
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
