package io.crs.agent;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an agent tells of itself when it registers. It is the agent's word: whoever has the credentials can say anything.
 *
 * @param containerSha the container's id, 64 hexadecimal digits; empty where the agent cannot tell it
 * @param imageSha the image's digest, {@code sha256:} and 64 hexadecimal digits
 * @param hostname the container's host name
 * @param platform as OCI writes it, {@code linux/amd64}
 * @param agentVersion the agent's version
 * @param coverage what the agent can do where it runs: {@code enforcement} is {@code STRICT}, {@code DEGRADED} (constant
 *     denials alone) or {@code NONE}
 */
public record AgentRegistration(
        Optional<String> containerSha,
        Optional<String> imageSha,
        String hostname,
        String platform,
        String agentVersion,
        Map<String, String> coverage) {
    private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern IMAGE = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int LONGEST = 256;
    private static final int MOST_COVERAGE = 64;

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if an id or a digest is none, a text longer than 256 characters, or the coverage
     *     has more than 64 entries
     */
    public AgentRegistration {
        coverage = Map.copyOf(coverage);
        if (containerSha.isPresent() && !CONTAINER.matcher(containerSha.get()).matches()) {
            throw new IllegalArgumentException("containerSha is 64 hexadecimal digits");
        }
        if (imageSha.isPresent() && !IMAGE.matcher(imageSha.get()).matches()) {
            throw new IllegalArgumentException("imageSha is sha256: and 64 hexadecimal digits");
        }
        requireShort("hostname", hostname);
        requireShort("platform", platform);
        requireShort("agentVersion", agentVersion);
        if (coverage.size() > MOST_COVERAGE) {
            throw new IllegalArgumentException("coverage has at most " + MOST_COVERAGE + " entries");
        }
        coverage.forEach((key, value) -> {
            requireShort("a key of coverage", key);
            requireShort("a value of coverage", value);
        });
    }

    private static void requireShort(String what, String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(what + " has at most " + LONGEST + " characters");
        }
    }
}
