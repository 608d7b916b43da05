package io.crs.policy.template;

import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * The ready-made policies, each for one purpose; change them with {@link Policy#toBuilder}, or join their rules.
 *
 * <p>Their rules are tagged with the techniques of MITRE ATT&amp;CK that they stand against: {@code mitre:T1611}. Safe for
 * all threads.
 */
public final class PolicyTemplates {
    private static final List<String> NAMES = List.of(
            "anti-recon-and-dos",
            "block-bad-ip",
            "container-escape",
            "deny-write-static-website",
            "no-cryptomining",
            "no-drift",
            "no-package-managers",
            "no-passwd-from-cat",
            "no-reverse-shell",
            "no-shell",
            "prevent-host-tampering",
            "protect-secrets");

    private PolicyTemplates() {}

    /** The names of the templates, in the order of the alphabet. */
    public static List<String> names() {
        return NAMES;
    }

    /** The template with this name; empty if there is none. */
    public static Optional<Policy> find(String name) {
        return NAMES.contains(name) ? Optional.of(read(name)) : Optional.empty();
    }

    private static Policy read(String name) {
        try (InputStream in = PolicyTemplates.class.getResourceAsStream(name + ".json")) {
            if (in == null) {
                throw new IllegalStateException(name + ".json is not beside PolicyTemplates");
            }
            return Policy.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidPolicyException e) {
            throw new IllegalStateException("the template " + name + " is not valid", e);
        }
    }
}
