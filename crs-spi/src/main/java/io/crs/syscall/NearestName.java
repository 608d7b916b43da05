package io.crs.syscall;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * The nearest of many names, by the number of single-character insertions, deletions, replacements and swaps of
 * neighbours. Names may come from anyone: long ones are not compared at all, and a comparison ends early.
 */
public final class NearestName {
    private static final int LONGEST = 64;
    private static final int FARTHEST = 3;

    private NearestName() {}

    /** The first of the nearest names within a third of the length and {@value #FARTHEST} edits, in any case. */
    public static Optional<String> among(Collection<String> names, String wanted) {
        if (wanted.length() > LONGEST) {
            return Optional.empty();
        }
        String lower = wanted.toLowerCase(Locale.ROOT);
        int limit = Math.min(FARTHEST, lower.length() / 3);
        Optional<String> nearest = Optional.empty();
        for (String name : names) {
            int distance = distance(name.toLowerCase(Locale.ROOT), lower, limit);
            if (distance <= limit) {
                nearest = Optional.of(name);
                limit = distance - 1;
            }
        }
        return nearest;
    }

    /**
     * The nearest of few names however far, in any case: one that is the beginning of the other goes before, and of
     * equals one that begins alike. Empty for a long name.
     */
    public static Optional<String> of(Collection<String> names, String wanted) {
        if (wanted.length() > LONGEST) {
            return Optional.empty();
        }
        String lower = wanted.toLowerCase(Locale.ROOT);
        return names.stream()
                .min(Comparator.<String, Boolean>comparing(
                                name -> alike(name, lower) < Math.min(name.length(), lower.length()))
                        .thenComparing(name -> distance(name.toLowerCase(Locale.ROOT), lower, LONGEST))
                        .thenComparing(name -> -alike(name, lower)));
    }

    /** The number of characters two names have in common at their beginning. */
    private static int alike(String name, String lower) {
        int i = 0;
        while (i < Math.min(name.length(), lower.length())
                && Character.toLowerCase(name.charAt(i)) == lower.charAt(i)) {
            i++;
        }
        return i;
    }

    /** The number of edits between two names, or any number above {@code limit} if it is above. */
    static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (swapped(a, i, b, j)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least > limit + 1) {
                return least;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }

    private static boolean swapped(String a, int i, String b, int j) {
        return i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    }
}
