package io.crs.agent;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A roster that forgets everything when the host ends: agents register again then, and get what is assigned to all.
 *
 * <p>One user and password let any number of agents in, up to a bound. An agent's id is its container's; one that cannot
 * tell its container gets another id each time. Thread-safe.
 */
public final class InMemoryAgentRoster implements AgentRoster {
    private static final int MOST_AGENTS = 100_000;

    private final AgentCredentials credentials;
    private final int most;
    private final Map<String, Entry> agents = new LinkedHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private long generations;
    private @Nullable Assignment ofAll;

    private static final class Entry {
        private AgentRegistration registration;
        private Instant registered = Instant.now();
        private @Nullable Assignment own;
        private OptionalLong applied = OptionalLong.empty();

        private Entry(AgentRegistration registration) {
            this.registration = registration;
        }
    }

    private InMemoryAgentRoster(AgentCredentials credentials, int most) {
        this.credentials = credentials;
        this.most = most;
    }

    /** A roster without agents, which lets those in that present these credentials. */
    public static InMemoryAgentRoster of(AgentCredentials credentials) {
        return new InMemoryAgentRoster(credentials, MOST_AGENTS);
    }

    /** The same with a bound of its own; 100,000 agents otherwise. */
    public static InMemoryAgentRoster of(AgentCredentials credentials, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a roster holds at least one agent, not " + most);
        }
        return new InMemoryAgentRoster(credentials, most);
    }

    @Override
    public Optional<String> enrol(AgentCredentials presented, AgentRegistration registration) throws IOException {
        if (!credentials.matches(presented)) {
            return Optional.empty();
        }
        String id =
                registration.containerSha().orElseGet(() -> UUID.randomUUID().toString());
        synchronized (this) {
            Entry entry = agents.get(id);
            if (entry == null && agents.size() >= most) {
                throw new IOException("the roster is full: " + most + " agents");
            }
            if (entry == null) {
                agents.put(id, new Entry(registration));
            } else {
                entry.registration = registration;
                entry.registered = Instant.now();
                entry.applied = OptionalLong.empty();
            }
        }
        return Optional.of(id);
    }

    /** Assigns to all agents that have nothing of their own, also to those that register later. Its generation. */
    public long assignToAll(AgentConfiguration configuration) {
        List<String> changed;
        long generation;
        synchronized (this) {
            generation = ++generations;
            ofAll = new Assignment(generation, configuration);
            changed = agents.entrySet().stream()
                    .filter(agent -> agent.getValue().own == null)
                    .map(Map.Entry::getKey)
                    .toList();
        }
        changed.forEach(this::tell);
        return generation;
    }

    /**
     * Assigns to one agent. Its generation.
     *
     * @throws IllegalArgumentException if there is no such agent
     */
    public long assign(String agentId, AgentConfiguration configuration) {
        long generation;
        synchronized (this) {
            Entry entry = agents.get(agentId);
            if (entry == null) {
                throw new IllegalArgumentException("no agent has the id " + agentId);
            }
            generation = ++generations;
            entry.own = new Assignment(generation, configuration);
        }
        tell(agentId);
        return generation;
    }

    /** Forgets an agent and what was assigned to it; false if there is none. */
    public synchronized boolean remove(String agentId) {
        return agents.remove(agentId) != null;
    }

    private void tell(String agentId) {
        listeners.forEach(listener -> listener.accept(agentId));
    }

    /** The agents, in the order they first registered. */
    public synchronized List<AgentStatus> agents() {
        return agents.entrySet().stream()
                .map(agent -> status(agent.getKey(), agent.getValue()))
                .toList();
    }

    private AgentStatus status(String id, Entry entry) {
        Assignment assigned = assignmentOf(entry);
        return new AgentStatus(
                id,
                entry.registration,
                entry.registered,
                assigned == null ? OptionalLong.empty() : OptionalLong.of(assigned.generation()),
                entry.applied);
    }

    private @Nullable Assignment assignmentOf(Entry entry) {
        return entry.own != null ? entry.own : ofAll;
    }

    @Override
    public synchronized Optional<Assignment> assignment(String agentId) {
        Entry entry = agents.get(agentId);
        return entry == null ? Optional.empty() : Optional.ofNullable(assignmentOf(entry));
    }

    @Override
    public synchronized boolean applied(String agentId, long generation) {
        Entry entry = agents.get(agentId);
        Assignment assigned = entry == null ? null : assignmentOf(entry);
        if (entry == null || assigned == null || generation < 1 || generation > assigned.generation()) {
            return false;
        }
        entry.applied = OptionalLong.of(generation);
        return true;
    }

    @Override
    public Runnable onChange(Consumer<String> changed) {
        listeners.add(changed);
        return () -> listeners.remove(changed);
    }
}
