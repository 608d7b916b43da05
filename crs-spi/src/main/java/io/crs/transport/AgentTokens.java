package io.crs.transport;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tokens agents were given, of which only digests are kept: one for each agent, the last one, for a time.
 *
 * <p>A token is found by its digest, so that how long it takes tells nothing of the tokens there are.
 */
final class AgentTokens {
    private static final int BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final long lifetimeNanos;
    private final Map<String, Session> byDigest = new HashMap<>();
    private final Map<String, String> digestOf = new HashMap<>();

    /** What an agent sends between two registrations. */
    static final class Session {
        private final String agentId;
        private final Optional<String> container;
        private final long since = System.nanoTime();
        private final AtomicLong durable = new AtomicLong();

        private Session(String agentId, Optional<String> container) {
            this.agentId = agentId;
            this.container = container;
        }

        String agentId() {
            return agentId;
        }

        /** The container all its events have to be of, if it told one. */
        Optional<String> container() {
            return container;
        }

        /** The highest sequence number that is durable, raised to this. */
        long durable(long seq) {
            return durable.accumulateAndGet(seq, Math::max);
        }
    }

    AgentTokens(Duration lifetime) {
        lifetimeNanos = lifetime.toNanos();
    }

    /** A new token; the agent's one before is void. */
    String issue(String agentId, Optional<String> container) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String digest = digest(token);
        synchronized (this) {
            String before = digestOf.put(agentId, digest);
            if (before != null) {
                byDigest.remove(before);
            }
            byDigest.put(digest, new Session(agentId, container));
        }
        return token;
    }

    /** Whose token this is; empty if it is nobody's, or too old. */
    synchronized Optional<Session> find(String token) {
        String digest = digest(token);
        Session session = byDigest.get(digest);
        if (session != null && System.nanoTime() - session.since > lifetimeNanos) {
            byDigest.remove(digest);
            digestOf.remove(session.agentId, digest);
            return Optional.empty();
        }
        return Optional.ofNullable(session);
    }

    private static String digest(String token) {
        try {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
