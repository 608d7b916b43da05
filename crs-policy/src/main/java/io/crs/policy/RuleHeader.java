package io.crs.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What every rule has, whatever its type.
 *
 * @param id an identifier, unique in the policy
 * @param name a name for people; not blank
 * @param inactive whether the rule is switched off, and so never matches
 * @param program the programs whose calls it is about
 * @param action what it does
 * @param severity how grave a hit is, 0 to 10
 * @param tags labels that its events carry
 * @param message a text that its events carry
 * @param followChildren whether it is also about the descendants of these programs
 */
public record RuleHeader(
        Optional<String> id,
        String name,
        boolean inactive,
        Glob program,
        Action action,
        OptionalInt severity,
        List<String> tags,
        Optional<String> message,
        boolean followChildren) {
    /** The longest name, in characters. */
    public static final int MAX_NAME = 1024;

    /** The longest id and the longest tag, in characters. */
    public static final int MAX_LABEL = 256;

    /** The longest message, in characters. */
    public static final int MAX_MESSAGE = 4096;

    /** The most tags. */
    public static final int MAX_TAGS = 64;

    /** The highest severity. */
    public static final int MAX_SEVERITY = 10;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if the name is blank, a text longer than its limit, or the severity beyond 10
     */
    public RuleHeader {
        Texts.named("the name of a rule", name, MAX_NAME);
        id.ifPresent(text -> Texts.named("the id of a rule", text, MAX_LABEL));
        message.ifPresent(text -> Texts.check("the message of a rule", text, MAX_MESSAGE));
        if (severity.isPresent() && (severity.getAsInt() < 0 || severity.getAsInt() > MAX_SEVERITY)) {
            throw new IllegalArgumentException("a severity is 0 to " + MAX_SEVERITY + ", not " + severity.getAsInt());
        }
        tags = List.copyOf(tags);
        if (tags.size() > MAX_TAGS) {
            throw new IllegalArgumentException("a rule has at most " + MAX_TAGS + " tags");
        }
        tags.forEach(tag -> Texts.named("a tag", tag, MAX_LABEL));
        if (new HashSet<>(tags).size() < tags.size()) {
            throw new IllegalArgumentException("a tag is there twice");
        }
    }
}
