package io.crs.image.format;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of an entry of a tar archive, taken apart: what climbs above the root stays at the root, and empty parts and dots mean
 * nothing.
 *
 * <p>An image has tens of thousands of names, nearly all of them written as they are meant; those are not taken apart twice.
 */
public final class EntryName {
    private EntryName() {}

    /** Returns the names from the root down to the entry. */
    public static List<String> parts(String name) {
        List<String> parts = new ArrayList<>(8);
        for (int from = 0; from <= name.length(); ) {
            int slash = name.indexOf('/', from);
            int end = slash < 0 ? name.length() : slash;
            if (isUp(name, from, end)) {
                if (!parts.isEmpty()) {
                    parts.remove(parts.size() - 1);
                }
            } else if (!isNothing(name, from, end)) {
                parts.add(name.substring(from, end));
            }
            from = end + 1;
        }
        return parts;
    }

    /** Returns the path an entry's name means, as far as its layer tells. */
    public static String path(String name) {
        int begin = name.startsWith("./") ? 2 : name.startsWith("/") ? 1 : 0;
        int end = name.endsWith("/") ? Math.max(begin, name.length() - 1) : name.length();
        String path = "/".concat(name.substring(begin, end));
        // Parts that mean nothing, or climb, are empty or begin with a dot, as few names do.
        boolean isMeant = path.length() > 1 && !path.contains("//") && !path.endsWith("/") && !path.contains("/.");
        return isMeant ? path : taken(path);
    }

    private static String taken(String path) {
        for (int from = 1; from <= path.length(); ) {
            int slash = path.indexOf('/', from);
            int next = slash < 0 ? path.length() : slash;
            if (isUp(path, from, next) || isNothing(path, from, next)) {
                return "/" + String.join("/", parts(path));
            }
            from = next + 1;
        }
        return path;
    }

    /** Returns whether a name climbs anywhere. */
    public static boolean climbs(String name) {
        for (int from = name.indexOf(".."); from >= 0; from = name.indexOf("..", from + 1)) {
            boolean begins = from == 0 || name.charAt(from - 1) == '/';
            boolean ends = from + 2 == name.length() || name.charAt(from + 2) == '/';
            if (begins && ends) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUp(String name, int from, int end) {
        return end - from == 2 && name.charAt(from) == '.' && name.charAt(from + 1) == '.';
    }

    private static boolean isNothing(String name, int from, int end) {
        return end == from || (end - from == 1 && name.charAt(from) == '.');
    }
}
