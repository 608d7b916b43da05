package io.crs.transport;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Requests that wait for a change, by agent. No thread waits with them. */
final class ParkedPolls {
    private static final int MOST_OF_ONE_AGENT = 4;

    private final Map<String, List<CompletableFuture<Boolean>>> parked = new HashMap<>();
    private boolean closed;

    /** Waits for an agent's next change: true when it comes, false when the time is over or nobody is to wait any more. */
    CompletableFuture<Boolean> park(String agentId, long seconds) {
        CompletableFuture<Boolean> poll = new CompletableFuture<>();
        synchronized (this) {
            List<CompletableFuture<Boolean>> others = parked.computeIfAbsent(agentId, id -> new ArrayList<>());
            if (closed || seconds <= 0 || others.size() >= MOST_OF_ONE_AGENT) {
                poll.complete(false);
            }
            others.add(poll);
        }
        CompletableFuture<Boolean> ended = poll.completeOnTimeout(false, Math.max(0, seconds), TimeUnit.SECONDS)
                .whenComplete((changed, error) -> forget(agentId, poll));
        return ended;
    }

    private synchronized void forget(String agentId, CompletableFuture<Boolean> poll) {
        List<CompletableFuture<Boolean>> others = parked.get(agentId);
        if (others != null) {
            others.removeIf(other -> other == poll);
            if (others.isEmpty()) {
                parked.remove(agentId);
            }
        }
    }

    void changed(String agentId) {
        List<CompletableFuture<Boolean>> polls;
        synchronized (this) {
            polls = List.copyOf(parked.getOrDefault(agentId, List.of()));
        }
        polls.forEach(poll -> poll.complete(true));
    }

    void close() {
        List<CompletableFuture<Boolean>> polls = new ArrayList<>();
        synchronized (this) {
            closed = true;
            parked.values().forEach(polls::addAll);
        }
        polls.forEach(poll -> poll.complete(false));
    }
}
