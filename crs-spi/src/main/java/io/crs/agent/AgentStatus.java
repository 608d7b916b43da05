package io.crs.agent;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of an agent.
 *
 * @param id its id
 * @param registration what it told when it registered last
 * @param registered when that was
 * @param assigned the generation it is to hold its container to; empty: the policy of its image
 * @param applied the generation it said it does
 */
public record AgentStatus(
        String id, AgentRegistration registration, Instant registered, OptionalLong assigned, OptionalLong applied) {
    /** Whether the agent does what it was last told. */
    public boolean isCurrent() {
        return assigned.equals(applied) || assigned.isEmpty();
    }

    /** The container's id, if the agent could tell it. */
    public Optional<String> containerSha() {
        return registration.containerSha();
    }
}
