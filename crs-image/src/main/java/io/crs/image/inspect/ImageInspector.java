package io.crs.image.inspect;

import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Level;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.Compatibility.OperatingSystem;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.OsRelease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The check of an image: it reads the files, never runs anything, and says whether an agent can go in.
 *
 * <p>What it reads is hostile input: time and memory are bounded, links never lead out of the image. An inspector has no
 * state and may be used by several threads.
 */
public final class ImageInspector {
    private static final int MOST_BLIND_SPOTS = 100;
    private static final Pattern GO_BUILD =
            Pattern.compile("\\xff Go buildinf:(?:[\\x00-\\xff]{0,40}?(go1[0-9a-z.]*))?");

    private static final Map<String, Integer> MACHINES = Command.MACHINES;

    /** Makes an inspector. */
    public ImageInspector() {}

    /**
     * Checks an image.
     *
     * @throws InvalidImageException if it is damaged or goes over a limit
     */
    public Compatibility inspect(Image image) throws IOException {
        Command command = Command.of(image);
        if (!command.os().equals("linux") && !command.os().isBlank()) {
            return foreign(image, command.os());
        }
        return inspect(image, ImageFiles.read(image));
    }

    /** Checks an image whose files have been read already. */
    public Compatibility inspect(Image image, ImageFiles files) throws IOException {
        Command command = Command.of(image);
        EntryPointSearch.Found entry = new EntryPointSearch(files, command).search();
        LibcSearch search = new LibcSearch(files);
        Libc libc = search.search(entry.elf());
        List<Evidence> evidence = new ArrayList<>(entry.evidence());
        evidence.addAll(search.evidence());
        OperatingSystem os = operatingSystem(files, evidence);
        String architecture = image.platform().normalized().architecture();

        List<String> reasons = new ArrayList<>(entry.reasons());
        reasons.addAll(search.reasons());
        Level level = level(entry, libc, os, architecture, files, reasons);
        reasons.addAll(files.tree().findings());
        boolean instrumentable = level != Level.UNSUPPORTED;
        if (entry.entryPoint().isEmpty()) {
            instrumentable = false;
            reasons.add("there is nothing to run: the image has neither an entry point nor a command");
        }
        List<String> blindSpots = new ArrayList<>();
        files.privileged(MOST_BLIND_SPOTS).forEach(file -> blindSpots.add(file.path() + ": " + file.right()));
        return new Compatibility(
                instrumentable, level, libc, os, architecture, entry.entryPoint(), blindSpots, reasons, evidence);
    }

    private static Level level(
            EntryPointSearch.Found entry,
            Libc libc,
            OperatingSystem os,
            String architecture,
            ImageFiles files,
            List<String> reasons)
            throws IOException {
        if (!architecture.equals("amd64") && !architecture.equals("arm64")) {
            reasons.add("there is no agent for the architecture " + architecture);
            return Level.UNSUPPORTED;
        }
        Elf elf = entry.elf();
        if (elf != null && elf.machine() != MACHINES.getOrDefault(architecture, -1)) {
            reasons.add(
                    "the image says it is for " + architecture + ", its entry point is for " + nameOf(elf.machine()));
            return Level.UNSUPPORTED;
        }
        if (elf != null && elf.isStatic() && entry.program() != null) {
            reasons.add(staticReason(elf, entry.program(), files));
            return Level.STATIC;
        }
        if (TestedLibc.isTested(libc, os.id(), architecture)) {
            return Level.TESTED;
        }
        if (TestedLibc.isSupported(libc)) {
            return Level.SUPPORTED;
        }
        libc.version()
                .ifPresent(version -> reasons.add(libc.kind() + " " + version + " is older than what is supported"));
        return Level.UNSUPPORTED;
    }

    private static String staticReason(Elf elf, Node program, ImageFiles files) throws IOException {
        Optional<MatchResult> go = files.content(
                program, content -> ByteScan.first(content, GO_BUILD).get(0));
        String linked = elf.dynamic() || elf.shared() ? "statically linked, position-independent" : "statically linked";
        String by = go.map(match -> match.group(1) == null ? ", made by Go" : ", made by " + match.group(1))
                .orElse("");
        return program.path() + " is " + linked + by + ": library hooks cannot load, its system calls are seen";
    }

    private static OperatingSystem operatingSystem(ImageFiles files, List<Evidence> evidence) {
        for (String path : List.of("/etc/os-release", "/usr/lib/os-release")) {
            Optional<Node> node = files.tree().find(path).node();
            if (node.isPresent() && node.get().facts instanceof OsRelease release) {
                evidence.add(new Evidence("os-release", node.get().path(), files.layerOf(node.get())));
                return new OperatingSystem(value(release, "ID"), value(release, "VERSION_ID"));
            }
        }
        return new OperatingSystem(Optional.empty(), Optional.empty());
    }

    private static Optional<String> value(OsRelease release, String name) {
        return Optional.ofNullable(release.values().get(name)).filter(text -> !text.isEmpty());
    }

    private static String nameOf(int machine) {
        return MACHINES.entrySet().stream()
                .filter(entry -> entry.getValue() == machine)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("machine " + machine);
    }

    private static Compatibility foreign(Image image, String os) {
        return new Compatibility(
                false,
                Level.UNSUPPORTED,
                Libc.NONE,
                new OperatingSystem(Optional.of(os), Optional.empty()),
                image.platform().normalized().architecture(),
                Optional.empty(),
                List.of(),
                List.of("the image is for " + os + ", only Linux images can be instrumented"),
                List.of());
    }
}
