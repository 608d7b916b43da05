package io.crs.image.format;

/** Compares versions number by number: 2.9 is older than 2.17. What is no number counts as 0. */
public final class VersionNumbers {
    private VersionNumbers() {}

    /** Returns whether one version is older than another. */
    public static boolean isOlder(String version, String than) {
        String[] left = version.split("\\.", -1);
        String[] right = than.split("\\.", -1);
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int order = Integer.compare(number(left, i), number(right, i));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    private static int number(String[] parts, int at) {
        return at < parts.length && parts[at].matches("[0-9]{1,6}") ? Integer.parseInt(parts[at]) : 0;
    }
}
