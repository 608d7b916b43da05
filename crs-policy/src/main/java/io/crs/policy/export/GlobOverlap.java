package io.crs.policy.export;

import io.crs.policy.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/** Whether some name matches two globs. */
final class GlobOverlap {
    private static final int RUN = -1;
    private static final int ONE = -2;
    /** Pairs of patterns with more pairs of places than this are taken to overlap. */
    private static final long MAX_PLACES = 1 << 20;

    private GlobOverlap() {}

    /** Whether some name matches both; true also where finding out is too much work. */
    static boolean mayMeet(Glob a, Glob b) {
        if (a.isAny() || b.isAny()) {
            return true;
        }
        if (a.isLiteral()) {
            return b.matches(a.literalPrefix());
        }
        if (b.isLiteral()) {
            return a.matches(b.literalPrefix());
        }
        String first = a.literalPrefix();
        String second = b.literalPrefix();
        if (!first.startsWith(second) && !second.startsWith(first)) {
            return false;
        }
        int[] left = tokens(a);
        int[] right = tokens(b);
        return (long) left.length * right.length > MAX_PLACES || meet(left, right);
    }

    private static int[] tokens(Glob glob) {
        int[] points = new String(glob.canonical(), StandardCharsets.UTF_8)
                .codePoints()
                .toArray();
        int[] tokens = new int[points.length];
        int count = 0;
        for (int i = 0; i < points.length; i++) {
            tokens[count++] = switch (points[i]) {
                case '*' -> RUN;
                case '?' -> ONE;
                case '\\' -> points[++i];
                default -> points[i];
            };
        }
        return Arrays.copyOf(tokens, count);
    }

    /** Walks both patterns at once, a row of places in the second for each place in the first. */
    private static boolean meet(int[] a, int[] b) {
        BitSet row = new BitSet();
        row.set(0);
        for (int i = 0; i <= a.length; i++) {
            int token = i < a.length ? a[i] : 0;
            BitSet next = new BitSet();
            for (int j = row.nextSetBit(0); j >= 0; j = row.nextSetBit(j + 1)) {
                if (i == a.length && j == b.length) {
                    return true;
                }
                if (j < b.length && (b[j] == RUN || (i < a.length && token == RUN))) {
                    row.set(j + 1);
                }
                if (i < a.length && (token == RUN || (j < b.length && b[j] == RUN))) {
                    next.set(j);
                } else if (i < a.length && j < b.length && (token == ONE || b[j] == ONE || token == b[j])) {
                    next.set(j + 1);
                }
            }
            row = next;
        }
        return false;
    }
}
