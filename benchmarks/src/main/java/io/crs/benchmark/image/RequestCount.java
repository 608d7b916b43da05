package io.crs.benchmark.image;

import java.nio.charset.StandardCharsets;

/** One request as it was seen on its way. */
final class RequestCount {
    /** What comes of a client that tries TLS first. */
    private static final String OTHER = "- not-HTTP";

    private final String line;
    private String status = "-";
    private long up;
    private long down;

    /** A request that begins with a line such as {@code GET /v2/ HTTP/1.1}. */
    RequestCount(String line) {
        this.line = line.matches("[A-Z]+ \\S+ HTTP/1\\.[01]") ? line.replaceFirst(" HTTP/1\\.[01]$", "") : OTHER;
    }

    void sent(int length) {
        up += length;
    }

    void answer(byte[] buffer, int length) {
        // An answer that only bids to go on (100) is followed by the real one.
        if ((status.equals("-") || status.equals("100")) && length >= 12 && buffer[0] == 'H') {
            status = new String(buffer, 9, 3, StandardCharsets.US_ASCII);
        }
        down += length;
    }

    /** Status, bytes sent, bytes received, method and target. */
    @Override
    public String toString() {
        return status + " " + up + " " + down + " " + line;
    }
}
