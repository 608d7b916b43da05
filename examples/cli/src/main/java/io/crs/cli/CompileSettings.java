package io.crs.cli;

import io.crs.policy.LogMode;
import io.crs.policy.Translation;
import io.crs.policy.compile.CompileOptions;
import io.crs.syscall.Arch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that compiles a policy. */
final class CompileSettings {
    @Mixin
    private final ArchOption arch = new ArchOption();

    @Option(
            names = "--translation",
            paramLabel = "T",
            description = "The calls READ, WRITE and NETWORK rules are about, in place of the policy's own choice:"
                    + " complete (all that have the effect) or guide (the few the user guide names).")
    private @Nullable Translation translation;

    @Option(names = "--log-mode", paramLabel = "M", description = "Which events there are: ${COMPLETION-CANDIDATES}.")
    private @Nullable LogMode logMode;

    Optional<Arch> arch() {
        return arch.given();
    }

    Optional<Translation> translation() {
        return Optional.ofNullable(translation);
    }

    Optional<LogMode> logMode() {
        return Optional.ofNullable(logMode);
    }

    /** What is compiled for, with a log mode for where none is given. */
    CompileOptions options(LogMode otherwise) {
        return new CompileOptions(arch.orHost(), translation(), logMode().orElse(otherwise));
    }
}
