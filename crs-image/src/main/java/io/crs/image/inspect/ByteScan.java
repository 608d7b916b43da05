package io.crs.image.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Searches a file of any length for short patterns, in a window of fixed size. */
final class ByteScan {
    private static final int WINDOW = 64 << 10;
    private static final int OVERLAP = 512;

    private ByteScan() {}

    /**
     * Returns the first match of each pattern, in the order of the patterns. A match is at most 512 bytes long; each
     * char stands for one byte.
     */
    static List<Optional<MatchResult>> first(InputStream in, Pattern... patterns) throws IOException {
        @Nullable MatchResult[] found = new MatchResult[patterns.length];
        byte[] window = new byte[WINDOW];
        int kept = 0;
        int missing = patterns.length;
        while (missing > 0) {
            int read = in.readNBytes(window, kept, WINDOW - kept);
            String text = new String(window, 0, kept + read, StandardCharsets.ISO_8859_1);
            for (int i = 0; i < patterns.length; i++) {
                Matcher matcher = patterns[i].matcher(text);
                if (found[i] == null && matcher.find()) {
                    found[i] = matcher.toMatchResult();
                    missing--;
                }
            }
            if (read < WINDOW - kept) {
                break;
            }
            System.arraycopy(window, WINDOW - OVERLAP, window, 0, OVERLAP);
            kept = OVERLAP;
        }
        return java.util.Arrays.stream(found).map(Optional::ofNullable).toList();
    }
}
