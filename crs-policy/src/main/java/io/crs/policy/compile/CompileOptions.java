package io.crs.policy.compile;

import io.crs.policy.LogMode;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import java.util.Optional;

/**
 * What a decision table is compiled for.
 *
 * @param arch the architecture whose calls it decides
 * @param translation the translation in place of the policy's own; empty to keep that
 * @param logMode which events the agent sends
 */
public record CompileOptions(Arch arch, Optional<Translation> translation, LogMode logMode) {
    /** For an architecture, with the policy's translation and the log mode of a new configuration. */
    public static CompileOptions of(Arch arch) {
        return new CompileOptions(arch, Optional.empty(), LogMode.POLICY_MONITOR_DENY);
    }

    /** These options with another translation than the policy's. */
    public CompileOptions withTranslation(Translation other) {
        return new CompileOptions(arch, Optional.of(other), logMode);
    }

    /** These options with another log mode. */
    public CompileOptions withLogMode(LogMode other) {
        return new CompileOptions(arch, translation, other);
    }
}
