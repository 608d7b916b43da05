package io.crs.cli;

import io.crs.syscall.Arch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --arch}, where a command is about one architecture. */
final class ArchOption {
    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            converter = ArchConverter.class,
            completionCandidates = ArchConverter.class,
            description =
                    "The architecture: ${COMPLETION-CANDIDATES}; the input's own or else this host's if not given.")
    private @Nullable Arch arch;

    /** What was given, if it was. */
    Optional<Arch> given() {
        return Optional.ofNullable(arch);
    }

    /** What was given, or this host's. */
    Arch orHost() {
        return arch == null ? Arch.host() : arch;
    }
}
