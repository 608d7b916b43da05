package io.crs.policy.learn;

import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a file's name that are another each time, by their form. */
final class Shape {
    private static final Pattern UUID = Pattern.compile(
            "(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])");
    private static final Pattern HASH =
            Pattern.compile("(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16,128}(?![0-9A-Za-z])");
    private static final Pattern COUNTER = Pattern.compile("(?<![0-9A-Za-z])[0-9]{8,64}(?![0-9A-Za-z])");
    private static final Pattern RUN = Pattern.compile("(?<![0-9A-Za-z])[0-9A-Za-z]{6,64}(?![0-9A-Za-z])");
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+(\\.[0-9]+)*");
    private static final Pattern WORD = Pattern.compile("[A-Z]*[a-z]*|[A-Z]*");
    private static final Pattern NAMED_TEMPORARY = Pattern.compile("(tmp|temp)[0-9A-Za-z]{6,}");
    private static final Pattern WILDCARD = Pattern.compile("[*?\\\\]");

    /** What is left of a temporary name must tell something: otherwise any name would do. */
    static final int ANCHOR = 3;

    private Shape() {}

    /** The pattern of a name alone. What is not UTF-8 came as U+FFFD and is any one character. */
    static String literal(String name) {
        boolean plain = name.chars().noneMatch(c -> c == '*' || c == '?' || c == '\\' || c == '\uFFFD');
        return plain ? name : WILDCARD.matcher(name).replaceAll("\\\\$0").replace('\uFFFD', '?');
    }

    /** The name with its UUIDs, hashes, and numbers of eight digits and more open: counters, dates and times. */
    static String form(String name) {
        if (!hasDigit(name)) {
            return name;
        }
        String opened = open(HASH, open(UUID, name, Shape::likeUuid), Shape::characters);
        return open(COUNTER, opened, Shape::characters);
    }

    private static boolean hasDigit(String name) {
        return name.chars().anyMatch(c -> c >= '0' && c <= '9');
    }

    /** The name of a temporary file with the part of it open that was drawn by lot; the name itself if nothing else is left. */
    static String temporary(String name) {
        String opened = open(RUN, form(name), Shape::drawn);
        long left = opened.chars().filter(c -> c != '?').count();
        return left >= ANCHOR ? opened : name;
    }

    /** The name with this number open where it stands alone in it; the name itself if it does not, or is nothing else. */
    static String without(String name, int number) {
        String opened = name.replaceAll("(?<![0-9A-Za-z])" + number + "(?![0-9A-Za-z])", "*");
        return opened.chars().filter(c -> c != '*').count() >= ANCHOR ? opened : name;
    }

    /** The name with its numbers and versions open. */
    static String numbers(String name) {
        return hasDigit(name) ? NUMBERS.matcher(name).replaceAll("*") : name;
    }

    /** The name with its numbers and versions open; the name itself if fewer characters than this are left. */
    static String numbers(String name, int anchor) {
        String opened = numbers(name);
        return opened.chars().filter(c -> c != '*' && c != '?').count() >= anchor ? opened : name;
    }

    private static String open(Pattern part, String name, Function<MatchResult, String> how) {
        Matcher matcher = part.matcher(name);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(how.apply(match)));
    }

    private static String drawn(MatchResult match) {
        String run = match.group();
        Matcher named = NAMED_TEMPORARY.matcher(run);
        if (named.matches()) {
            return named.group(1) + "?".repeat(run.length() - named.end(1));
        }
        return WORD.matcher(run).matches() ? run : characters(match);
    }

    private static String likeUuid(MatchResult match) {
        return match.group().replaceAll("[0-9a-fA-F]", "?");
    }

    private static String characters(MatchResult match) {
        return "?".repeat(match.group().length());
    }
}
