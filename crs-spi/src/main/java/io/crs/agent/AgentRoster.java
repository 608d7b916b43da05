package io.crs.agent;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The agents of a back end: who is let in, and what each is to do.
 *
 * <p>A transport that agents talk to asks it. All methods may be called by several threads at a time, and should not wait
 * long. An {@link IOException} means that it cannot be told now; the agent asks again later.
 */
public interface AgentRoster {
    /**
     * Lets an agent in, or does not.
     *
     * @return the agent's id, of 1 to 128 letters, digits, {@code -}, {@code _} and {@code .}, not dots alone; the same
     *     container has the same id each time. Empty where the credentials are not good.
     */
    Optional<String> enrol(AgentCredentials credentials, AgentRegistration registration) throws IOException;

    /** What an agent is to do; empty where nothing was assigned to it: it goes on with the policy of its image. */
    Optional<Assignment> assignment(String agentId) throws IOException;

    /**
     * Takes note that an agent holds its container to a generation.
     *
     * @return false if it was never assigned that generation
     */
    boolean applied(String agentId, long generation) throws IOException;

    /**
     * Asks to be told the id of each agent whose assignment has changed, soon after it has.
     *
     * @return ends that when it is run
     */
    Runnable onChange(Consumer<String> changed);

    /**
     * A configuration, and the how manieth of its agent it is.
     *
     * @param generation greater with every change
     */
    record Assignment(long generation, AgentConfiguration configuration) {}
}
