package io.crs.policy;

import io.crs.file.ReplacedFile;
import io.crs.syscall.Syscall;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A runtime policy: an ordered list of rules, and what happens where none matches.
 *
 * <p>It is read from its JSON document, or made by a {@link PolicyBuilder}. {@code docs/policy.md} says what each part means.
 * Immutable, safe for all threads.
 *
 * @param id 24 hexadecimal digits
 * @param name a name for people; not blank
 * @param description at most 250 characters, may be empty
 * @param mode how far it goes
 * @param defaultNetworkAction ALLOW or DENY
 * @param defaultFileAction ALLOW or DENY
 * @param defaultExecuteAction ALLOW or DENY
 * @param ignoredSyscalls calls without events, in the order of the table of calls
 * @param rules the rules; the first that matches decides
 * @param driftAction what happens to the execution of a file that is not in the image, where stricter than the default
 * @param defaultScope which calls the defaults cover
 * @param ignoreScope what is left out for ignored calls
 * @param translation from which calls READ, WRITE and NETWORK rules are made
 * @param onUnreadable ALLOW or DENY: what happens to calls of a process whose memory the agent cannot read
 * @param failMode what happens to calls that cannot be decided
 * @param onDegraded what happens where the host lets the agent enforce only in part
 * @param limits numbers whose breach is an alert
 * @param created when it was made, in milliseconds
 * @param updated when it was last changed, in milliseconds
 */
public record Policy(
        Optional<String> id,
        String name,
        String description,
        PolicyMode mode,
        Action defaultNetworkAction,
        Action defaultFileAction,
        Action defaultExecuteAction,
        Set<Syscall> ignoredSyscalls,
        List<Rule> rules,
        Action driftAction,
        DefaultScope defaultScope,
        IgnoreScope ignoreScope,
        Translation translation,
        Action onUnreadable,
        FailMode failMode,
        OnDegraded onDegraded,
        Limits limits,
        Optional<Instant> created,
        Optional<Instant> updated) {
    /** The longest description, in characters. */
    public static final int MAX_DESCRIPTION = 250;

    /** The most rules. */
    public static final int MAX_RULES = 100_000;

    /** The largest document, in bytes. */
    public static final int MAX_DOCUMENT = 64 << 20;

    /**
     * Checks the limits, and cuts times to milliseconds.
     *
     * @throws IllegalArgumentException if a text is too long or of the wrong form, two rules have one id, there are too
     *     many rules, or an action is one that its place does not know
     */
    public Policy {
        id.ifPresent(Identifiers::check);
        Texts.named("the name of a policy", name, RuleHeader.MAX_NAME);
        Texts.check("the description of a policy", description, MAX_DESCRIPTION);
        allowOrDeny("a default action", defaultNetworkAction);
        allowOrDeny("a default action", defaultFileAction);
        allowOrDeny("a default action", defaultExecuteAction);
        allowOrDeny("onUnreadable", onUnreadable);
        TreeSet<Syscall> calls = new TreeSet<>(Comparator.comparingInt(Syscall::index));
        calls.addAll(ignoredSyscalls);
        ignoredSyscalls = Collections.unmodifiableSet(calls);
        rules = List.copyOf(rules);
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("a policy has at most " + MAX_RULES + " rules");
        }
        checkIds(rules);
        created = created.map(Identifiers::time);
        updated = updated.map(Identifiers::time);
    }

    private static void allowOrDeny(String what, Action action) {
        if (action == Action.MONITOR) {
            throw new IllegalArgumentException(what + " is ALLOW or DENY, not MONITOR");
        }
    }

    private static void checkIds(List<Rule> rules) {
        Set<String> ids = new HashSet<>();
        for (Rule rule : rules) {
            rule.id().filter(id -> !ids.add(id)).ifPresent(id -> {
                throw new IllegalArgumentException("two rules have the id " + Quoted.of(id));
            });
        }
    }

    /**
     * The policy a JSON document stands for. The stream is read to its end and left open.
     *
     * @throws IOException if the stream fails
     * @throws InvalidPolicyException if the document is not valid, with everything that is wrong with it
     */
    public static Policy read(InputStream in) throws IOException, InvalidPolicyException {
        return JsonDocument.read(in, PolicyForm.CODEC);
    }

    /**
     * The policy the JSON document in a file stands for.
     *
     * @throws IOException if the file cannot be read
     * @throws InvalidPolicyException as {@link #read(InputStream)}
     */
    public static Policy read(Path file) throws IOException, InvalidPolicyException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    /**
     * The policy a JSON document stands for.
     *
     * @throws InvalidPolicyException as {@link #read(InputStream)}
     */
    public static Policy read(String document) throws InvalidPolicyException {
        return JsonDocument.read(document, PolicyForm.CODEC);
    }

    /** The policy's canonical JSON document: equal policies have the same. */
    public String toJson() {
        return JsonDocument.write(out -> PolicyForm.CODEC.write(out, this));
    }

    /** Writes the canonical JSON document as UTF-8; the stream is flushed and left open. */
    public void write(OutputStream out) throws IOException {
        out.write(toJson().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Writes the canonical JSON document to a file, all or nothing: whoever reads finds the old file or the new. */
    public void write(Path file) throws IOException {
        ReplacedFile.write(file, toJson().getBytes(StandardCharsets.UTF_8));
    }

    /** The SHA-256 of the canonical JSON document: {@code sha256:} and 64 hexadecimal digits. */
    public String digest() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(toJson().getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Starts a policy that is ACTIVE, has no rules and allows everything by default. */
    public static PolicyBuilder named(String name) {
        return new PolicyBuilder(name);
    }

    /** The policy of an image that has none of its own: it allows everything. */
    public static Policy allowingEverything() {
        return named("Default Policy").description("Default group policy").build();
    }

    /** A builder that starts with all of this policy. */
    public PolicyBuilder toBuilder() {
        return new PolicyBuilder(this);
    }

    /** The action where no rule matches a call of a category. */
    public Action defaultAction(Category category) {
        return switch (category) {
            case NETWORK -> defaultNetworkAction;
            case FILE -> defaultFileAction;
            case EXECUTE -> defaultExecuteAction;
        };
    }
}
