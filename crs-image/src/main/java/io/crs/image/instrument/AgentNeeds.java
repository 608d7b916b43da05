package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.image.format.ElfNeeds;
import io.crs.image.format.VersionNumbers;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.ImageFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an agent needs of an image, as its own files say. Ours needs nothing; one a host brings may be linked with a C library,
 * and then cannot go where that is missing, is another, or is older.
 */
final class AgentNeeds {
    private AgentNeeds() {}

    /** Returns what an image lacks, one sentence each. */
    static List<String> missing(AgentBundle agent, ImageFiles files, Libc libc) {
        List<String> missing = new ArrayList<>();
        for (AgentFile file : agent.files()) {
            boolean starts = file.path().equals(AgentBundle.INIT);
            if (starts || file.path().equals(AgentBundle.PRELOAD)) {
                ElfNeeds.of(file.content()).ifPresent(needs -> {
                    String who = "the agent's " + file.path();
                    if (starts) {
                        loader(who, needs, files).ifPresent(missing::add);
                    }
                    library(who, needs, libc).ifPresent(missing::add);
                });
            }
        }
        return missing;
    }

    private static Optional<String> loader(String who, ElfNeeds needs, ImageFiles files) {
        return Optional.of(needs.interpreter())
                .filter(path -> !path.isEmpty() && files.resolve(path).isEmpty())
                .map(path -> who + " is started by " + path + ", which the image does not have");
    }

    /** Without a C library nothing is preloaded, and what is started is told by its loader. */
    private static Optional<String> library(String who, ElfNeeds needs, Libc libc) {
        boolean glibc = needs.libraries().contains("libc.so.6");
        boolean musl =
                needs.libraries().stream().anyMatch(name -> name.equals("libc.so") || name.startsWith("libc.musl-"));
        if ((glibc && libc.kind().equals("musl")) || (musl && libc.kind().equals("glibc"))) {
            return Optional.of(
                    who + " is linked with " + (glibc ? "glibc" : "musl") + ", the image has " + libc.kind());
        }
        if (!libc.kind().equals("glibc")) {
            return Optional.empty();
        }
        return needs.glibc()
                .filter(needed -> libc.version()
                        .filter(has -> !VersionNumbers.isOlder(has, needed))
                        .isEmpty())
                .map(needed -> who + " needs glibc " + needed + ", the image has "
                        + libc.version().orElse("one whose version is not told"));
    }
}
