package io.crs.image.daemon;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The status and the headers of an answer of HTTP/1.1, read strictly and within bounds.
 *
 * @param status the number
 * @param headers the values by the name in lower case, in their order
 */
record HttpHead(int status, Map<String, List<String>> headers) {
    private static final int MOST_BYTES = 64 << 10;
    private static final int MOST_HEADERS = 100;
    private static final int MOST_INTERIM = 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: [\\x20-\\xff\\t]*)?");
    private static final Pattern HEADER =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\x20-\\x7e\\x80-\\xff\\t]*)");

    /** Reads the head of the final answer, passing over those that only say one is to come. */
    static HttpHead read(InputStream in) throws IOException {
        for (int i = 0; i < MOST_INTERIM; i++) {
            HttpHead head = readOne(in);
            if (head.status >= 200) {
                return head;
            }
            if (head.status == 101) {
                break;
            }
        }
        throw new IOException("its answer never comes to an end of what is only on the way");
    }

    /**
     * Returns the value of a header that may be there once.
     *
     * @throws IOException if it is there several times with different values
     */
    Optional<String> single(String name) throws IOException {
        List<String> values = headers.getOrDefault(name, List.of());
        if (values.stream().distinct().count() > 1) {
            throw new IOException("its answer has several headers " + name + " that differ");
        }
        return values.stream().findFirst();
    }

    private static HttpHead readOne(InputStream in) throws IOException {
        Lines lines = new Lines(in);
        Matcher status = STATUS.matcher(lines.next());
        if (!status.matches()) {
            throw new IOException("its answer does not begin as one of HTTP/1.1 does");
        }
        Map<String, List<String>> headers = new HashMap<>();
        int count = 0;
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            Matcher header = HEADER.matcher(line);
            if (!header.matches()) {
                throw new IOException("its answer has a header that is none");
            }
            if (++count > MOST_HEADERS) {
                throw new IOException("its answer has more than " + MOST_HEADERS + " headers");
            }
            headers.computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.group(2).strip());
        }
        return new HttpHead(Integer.parseInt(status.group(1)), headers);
    }

    /** Lines that end with CR LF, all together no longer than a limit. */
    static final class Lines {
        private final InputStream in;
        private int bytes;

        Lines(InputStream in) {
            this.in = in;
        }

        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\r'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("its answer is cut short");
                }
                if (b == '\n' || b == 0) {
                    throw new IOException("its answer has a line that does not end as those of HTTP do");
                }
                count();
                line.append((char) b);
            }
            count();
            if (in.read() != '\n') {
                throw new IOException("its answer has a line that does not end as those of HTTP do");
            }
            return line.toString();
        }

        private void count() throws IOException {
            if (++bytes > MOST_BYTES) {
                throw new IOException("its answer has headers of more than " + MOST_BYTES + " bytes");
            }
        }
    }
}
