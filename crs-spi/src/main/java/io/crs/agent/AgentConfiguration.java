package io.crs.agent;

import io.crs.syscall.Arch;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent is to hold its container to.
 *
 * @param policyId the policy the tables were compiled from, for people
 * @param policyMode {@code INACTIVE}, {@code PERMISSIVE} or {@code ACTIVE}, instead of the table's own
 * @param logMode the name of a log mode ({@code NONE} … {@code ALL}), instead of the table's own
 * @param tables the policy, compiled for each architecture; empty: the policy of the image stays
 * @param passive whether nothing is to be enforced, whatever the mode
 */
public record AgentConfiguration(
        Optional<String> policyId,
        Optional<String> policyMode,
        Optional<String> logMode,
        Map<Arch, AgentTable> tables,
        boolean passive) {
    private static final Set<String> POLICY_MODES = Set.of("INACTIVE", "PERMISSIVE", "ACTIVE");
    private static final Set<String> LOG_MODES = Set.of(
            "NONE",
            "POLICY_MONITOR",
            "POLICY_DENY",
            "POLICY_MONITOR_DENY",
            "POLICY_ALLOW",
            "POLICY_ALL",
            "BEHAVIOR",
            "ALL");

    /** The policy of the image as it is. */
    public static final AgentConfiguration OF_THE_IMAGE =
            new AgentConfiguration(Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), false);

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if a mode is none
     */
    public AgentConfiguration {
        tables = Map.copyOf(tables);
        if (policyMode.isPresent() && !POLICY_MODES.contains(policyMode.get())) {
            throw new IllegalArgumentException("no policy mode: " + policyMode.get());
        }
        if (logMode.isPresent() && !LOG_MODES.contains(logMode.get())) {
            throw new IllegalArgumentException("no log mode: " + logMode.get());
        }
    }

    /** A policy with the modes it was compiled with. */
    public static AgentConfiguration of(Arch arch, AgentTable table) {
        return OF_THE_IMAGE.withTables(Map.of(arch, table));
    }

    /** This configuration with other tables. */
    public AgentConfiguration withTables(Map<Arch, AgentTable> others) {
        return new AgentConfiguration(policyId, policyMode, logMode, others, passive);
    }

    /** This configuration with the policy's id. */
    public AgentConfiguration withPolicyId(String id) {
        return new AgentConfiguration(Optional.of(id), policyMode, logMode, tables, passive);
    }

    /** This configuration with another policy mode: {@code INACTIVE}, {@code PERMISSIVE}, {@code ACTIVE}. */
    public AgentConfiguration withPolicyMode(String name) {
        return new AgentConfiguration(policyId, Optional.of(name), logMode, tables, passive);
    }

    /** This configuration with another log mode. */
    public AgentConfiguration withLogMode(String name) {
        return new AgentConfiguration(policyId, policyMode, Optional.of(name), tables, passive);
    }

    /** This configuration with nothing, or again something, enforced. */
    public AgentConfiguration withPassive(boolean nothingEnforced) {
        return new AgentConfiguration(policyId, policyMode, logMode, tables, nothingEnforced);
    }
}
