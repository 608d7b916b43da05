package io.crs.policy.analyze;

import io.crs.policy.Glob;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Globs by number, found by the names they may match. Each lies under one text: all of it, if it is literal, else how it
 * begins, or the longest literal text in it, whichever is longer. What has no such text is always found.
 */
final class GlobIndex {
    /** The longest text looked for anywhere in a name. */
    private static final int MOST_INNER = 16;

    private final Map<String, List<Integer>> whole = new HashMap<>();
    private final Map<String, List<Integer>> beginnings = new HashMap<>();
    private final Map<String, List<Integer>> inner = new HashMap<>();
    private final BitSet beginningLengths = new BitSet();
    private final BitSet innerLengths = new BitSet();
    private final BitSet always = new BitSet();

    void add(Glob glob, int number) {
        String beginning = glob.literalPrefix();
        String within = NameClasses.longestLiteral(glob, MOST_INNER);
        if (glob.isLiteral()) {
            put(whole, beginning, number);
        } else if (!beginning.isEmpty() && beginning.length() >= within.length()) {
            put(beginnings, beginning, number);
            beginningLengths.set(beginning.length());
        } else if (!within.isEmpty()) {
            put(inner, within, number);
            innerLengths.set(within.length());
        } else {
            always.set(number);
        }
    }

    private static void put(Map<String, List<Integer>> texts, String text, int number) {
        texts.computeIfAbsent(text, each -> new ArrayList<>()).add(number);
    }

    /** Adds the numbers of all globs that match a name, and perhaps of others. */
    void find(String name, BitSet found) {
        found.or(always);
        take(whole, name, found);
        for (int length = beginningLengths.nextSetBit(0);
                length >= 0 && length <= name.length();
                length = beginningLengths.nextSetBit(length + 1)) {
            take(beginnings, name.substring(0, length), found);
        }
        for (int length = innerLengths.nextSetBit(0);
                length >= 0 && length <= name.length();
                length = innerLengths.nextSetBit(length + 1)) {
            for (int begin = 0; begin + length <= name.length(); begin++) {
                take(inner, name.substring(begin, begin + length), found);
            }
        }
    }

    private static void take(Map<String, List<Integer>> texts, String text, BitSet found) {
        texts.getOrDefault(text, List.of()).forEach(found::set);
    }
}
