package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import java.util.Arrays;

/**
 * Matches the globs of a table against UTF-8.
 *
 * <p>Of the stars only the last one passed is ever taken back: whatever an earlier star could do by taking more, the
 * last one can do too. A star takes whole code points, so that {@code ?} never begins inside of one.
 */
final class GlobBytes {
    private final TableView view;
    private final byte[] bytes;

    GlobBytes(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
    }

    /** Whether the glob of the matcher at this place matches the whole text of this many bytes. */
    boolean matches(int matcher, byte[] text, int textLength) {
        boolean fold = u8(bytes, matcher + TableLayout.MTCH_KIND) == TableLayout.MATCH_NAME_GLOB;
        int end = fold && textLength > 1 && text[textLength - 1] == '.' ? textLength - 1 : textLength;
        int shape = u8(bytes, matcher + TableLayout.MTCH_SHAPE);
        int prefix = prefix(matcher);
        int length = prefixLength(matcher);
        if (end < length || (shape == TableLayout.GLOB_LITERAL && end != length)) {
            return false;
        }
        if (fold) {
            for (int i = 0; i < length; i++) {
                if (folded(text[i]) != bytes[prefix + i]) {
                    return false;
                }
            }
        } else if (!Arrays.equals(text, 0, length, bytes, prefix, prefix + length)) {
            return false;
        }
        return shape != TableLayout.GLOB_PATTERN || matchesRest(matcher, text, length, end, fold);
    }

    private boolean matchesRest(int matcher, byte[] text, int from, int end, boolean fold) {
        int rest = i32(bytes, matcher + TableLayout.MTCH_B);
        int pattern = view.string(rest);
        int patternEnd = pattern + view.stringLength(rest);
        int at = from;
        int star = -1;
        int taken = -1;
        while (true) {
            if (pattern < patternEnd && bytes[pattern] == '*') {
                star = ++pattern;
                taken = at;
                if (pattern == patternEnd) {
                    return true;
                }
                continue;
            }
            if (pattern < patternEnd && at < end) {
                if (bytes[pattern] == '?') {
                    pattern++;
                    at += codePointLength(text, at, end);
                    continue;
                }
                int escape = bytes[pattern] == '\\' && pattern + 1 < patternEnd ? 1 : 0;
                if (bytes[pattern + escape] == (fold ? folded(text[at]) : text[at])) {
                    pattern += 1 + escape;
                    at++;
                    continue;
                }
            } else if (pattern == patternEnd && at == end) {
                return true;
            }
            if (star < 0 || taken >= end) {
                return false;
            }
            taken += codePointLength(text, taken, end);
            at = taken;
            pattern = star;
        }
    }

    private static byte folded(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
    }

    private int prefix(int matcher) {
        return view.string(i32(bytes, matcher + TableLayout.MTCH_A));
    }

    private int prefixLength(int matcher) {
        return view.stringLength(i32(bytes, matcher + TableLayout.MTCH_A));
    }

    /** The byte of the folder's name with a slash behind it. */
    private static byte below(byte[] folder, int folderLength, int i) {
        return i < folderLength ? folder[i] : (byte) '/';
    }

    /** The length of a folder's name before the slash of what is below it; the root's own slash is that one. */
    private static int lengthBefore(byte[] folder, int folderLength) {
        return folder[folderLength - 1] == '/' ? folderLength - 1 : folderLength;
    }

    private boolean prefixAgrees(int matcher, byte[] folder, int folderLength, int length) {
        int prefix = prefix(matcher);
        for (int i = 0; i < length; i++) {
            if (bytes[prefix + i] != below(folder, folderLength, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the prefix begins with the folder and a slash: the glob names something below, folder or not. */
    boolean namesBelow(int matcher, byte[] folder, int folderLength) {
        return prefixLength(matcher) > lengthBefore(folder, folderLength)
                && prefixAgrees(matcher, folder, folderLength, lengthBefore(folder, folderLength) + 1);
    }

    /** Whether it matches all that begins with the folder and a slash, as a prefix with a star at its end. */
    boolean coversBelow(int matcher, byte[] folder, int folderLength) {
        return u8(bytes, matcher + TableLayout.MTCH_SHAPE) == TableLayout.GLOB_PREFIX
                && prefixLength(matcher) <= lengthBefore(folder, folderLength) + 1
                && prefixAgrees(matcher, folder, folderLength, prefixLength(matcher));
    }

    /** Whether it matches something that begins with the folder and a slash. */
    boolean reachesBelow(int matcher, byte[] folder, int folderLength) {
        int length = Math.min(prefixLength(matcher), lengthBefore(folder, folderLength) + 1);
        if (!prefixAgrees(matcher, folder, folderLength, length)) {
            return false;
        }
        int shape = u8(bytes, matcher + TableLayout.MTCH_SHAPE);
        if (length > lengthBefore(folder, folderLength) || shape == TableLayout.GLOB_PREFIX) {
            return true;
        }
        return shape == TableLayout.GLOB_PATTERN && restReaches(matcher, folder, folderLength, length);
    }

    private boolean restReaches(int matcher, byte[] folder, int folderLength, int from) {
        int rest = i32(bytes, matcher + TableLayout.MTCH_B);
        int pattern = view.string(rest);
        int patternEnd = pattern + view.stringLength(rest);
        int at = from;
        while (at <= lengthBefore(folder, folderLength)) {
            if (pattern == patternEnd) {
                return false;
            }
            if (bytes[pattern] == '*') {
                return true;
            }
            if (bytes[pattern] == '?') {
                at += at < folderLength ? codePointLength(folder, at, folderLength) : 1;
            } else {
                if (bytes[pattern] == '\\' && pattern + 1 < patternEnd) {
                    pattern++;
                }
                if (bytes[pattern] != below(folder, folderLength, at)) {
                    return false;
                }
                at++;
            }
            pattern++;
        }
        return true;
    }

    /** The length of the code point at this place, 1 if there is no valid UTF-8. */
    static int codePointLength(byte[] text, int at, int end) {
        int first = text[at] & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return 1;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (end - at < length) {
            return 1;
        }
        // The second byte tells overlong forms, surrogates and what lies beyond U+10FFFF.
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        int second = text[at + 1] & 0xFF;
        if (second < low || second > high) {
            return 1;
        }
        for (int i = 2; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80) {
                return 1;
            }
        }
        return length;
    }
}
