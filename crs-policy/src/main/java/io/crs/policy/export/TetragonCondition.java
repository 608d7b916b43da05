package io.crs.policy.export;

import io.crs.policy.Glob;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A condition of a hook on a name: an operator of Tetragon and its value. */
record TetragonCondition(String operator, String value) {
    private static final int MAX_PREFIX = 255;
    private static final int MAX_POSTFIX = 127;

    /** Empty if Tetragon has no such operator, or the name is too long for it. */
    static Optional<TetragonCondition> of(Glob glob) {
        String prefix = glob.literalPrefix();
        if (glob.isLiteral() || glob.isPrefix()) {
            return bytes(prefix) > MAX_PREFIX || prefix.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new TetragonCondition(glob.isLiteral() ? "Equal" : "Prefix", prefix));
        }
        String text = glob.text();
        String end = text.replaceFirst("^\\*+", "");
        boolean postfix = text.startsWith("*") && end.matches("[^*?\\\\]+") && bytes(end) <= MAX_POSTFIX;
        return postfix ? Optional.of(new TetragonCondition("Postfix", end)) : Optional.empty();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    Map<String, Object> on(int argument) {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("index", argument);
        match.put("operator", operator);
        match.put("values", List.of(value));
        return match;
    }
}
