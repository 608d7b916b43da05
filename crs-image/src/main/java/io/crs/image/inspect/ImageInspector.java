package io.crs.image.inspect;

import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Level;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.Compatibility.OperatingSystem;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Release;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The check of an image: it reads the files, never runs anything, and says whether an agent can go in.
 *
 * <p>What it reads is hostile input: time and memory are bounded, links never lead out of the image. An inspector has no
 * state and may be used by several threads.
 */
public final class ImageInspector {
    private final FactCache cache;
    private final SupportCatalog catalog;

    /** Makes an inspector that reads all layers. */
    public ImageInspector() {
        this(FactCache.none());
    }

    /** Makes an inspector that reads only the layers a cache does not know. */
    public ImageInspector(FactCache cache) {
        this(cache, SupportCatalog.bundled());
    }

    /** Makes an inspector that takes for tested what a catalog has. */
    public ImageInspector(FactCache cache, SupportCatalog catalog) {
        this.cache = cache;
        this.catalog = catalog;
    }

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
        return inspect(image, ImageFiles.read(image, cache));
    }

    /** Checks an image whose files have been read already. */
    public Compatibility inspect(Image image, ImageFiles files) throws IOException {
        Command command = Command.of(image);
        String architecture = image.platform().normalized().architecture();
        EntryPointSearch.Found entry = new EntryPointSearch(files, command).search();
        LibcSearch search = new LibcSearch(files, Processor.machine(architecture));
        Libc libc = search.search(entry.elf());
        List<Evidence> evidence = new ArrayList<>(entry.evidence());
        evidence.addAll(search.evidence());
        OperatingSystem os = operatingSystem(files, evidence);

        List<String> reasons = new ArrayList<>(entry.reasons());
        reasons.addAll(search.reasons());
        Level level = level(image, entry, libc, os, reasons);
        otherProcessor(entry, architecture, files).ifPresent(evidence::add);
        madeByGo(entry, files).ifPresent(evidence::add);
        reasons.addAll(files.tree().findings());
        boolean instrumentable = level != Level.UNSUPPORTED;
        if (entry.entryPoint().isEmpty()) {
            instrumentable = false;
            reasons.add("there is nothing to run: the image has neither an entry point nor a command");
        }
        List<String> blindSpots = BlindSpots.of(files, libc.kind(), Processor.machine(architecture));
        return new Compatibility(
                instrumentable, level, libc, os, architecture, entry.entryPoint(), blindSpots, reasons, evidence);
    }

    private static Optional<Evidence> otherProcessor(
            EntryPointSearch.Found entry, String architecture, ImageFiles files) {
        Elf elf = entry.elf();
        Node program = entry.program();
        return elf == null || program == null || elf.machine() == Processor.machine(architecture)
                ? Optional.empty()
                : Optional.of(new Evidence(
                        "made for " + Processor.nameOf(elf.machine()), program.path(), files.layerOf(program)));
    }

    private static Optional<Evidence> madeByGo(EntryPointSearch.Found entry, ImageFiles files) {
        Elf elf = entry.elf();
        Node program = entry.program();
        return elf == null || program == null || elf.go().isEmpty()
                ? Optional.empty()
                : Optional.of(new Evidence("made by " + elf.go(), program.path(), files.layerOf(program)));
    }

    private Level level(
            Image image, EntryPointSearch.Found entry, Libc libc, OperatingSystem os, List<String> reasons) {
        String architecture = image.platform().normalized().architecture();
        if (!architecture.equals("amd64") && !architecture.equals("arm64")) {
            reasons.add("there is no agent for the architecture " + architecture);
            return Level.UNSUPPORTED;
        }
        Elf elf = entry.elf();
        if (elf != null && elf.machine() != Processor.machine(architecture)) {
            reasons.add("the image says it is for " + architecture + ", its entry point is for "
                    + Processor.nameOf(elf.machine()));
            return Level.UNSUPPORTED;
        }
        if (elf != null && elf.isStatic() && entry.program() != null) {
            reasons.add(staticReason(elf, entry.program()));
            return Level.STATIC;
        }
        if (catalog.isTested(libc, os.id(), architecture)) {
            return Level.TESTED;
        }
        Optional<SupportCatalog.TestedImage> tested = catalog.image(image.digest());
        if (tested.isPresent()) {
            reasons.add("the image is " + tested.get().name() + ", which has been tested");
            return Level.TESTED;
        }
        if (SupportedLibc.isSupported(libc)) {
            return Level.SUPPORTED;
        }
        libc.version()
                .ifPresent(version -> reasons.add(libc.kind() + " " + version + " is older than what is supported"));
        return Level.UNSUPPORTED;
    }

    private static String staticReason(Elf elf, Node program) {
        String linked = elf.dynamic() || elf.shared() ? "statically linked, position-independent" : "statically linked";
        String by = elf.go().isEmpty() ? "" : elf.go().equals("go") ? ", made by Go" : ", made by " + elf.go();
        return program.path() + " is " + linked + by + ": library hooks cannot load, its system calls are seen";
    }

    /** Reads the first file that tells a distribution; a version it does not tell may be in one after it. */
    private static OperatingSystem operatingSystem(ImageFiles files, List<Evidence> evidence) {
        Optional<String> id = Optional.empty();
        for (String path : ReleaseFile.PATHS) {
            Optional<Node> node = files.tree().find(path).node();
            if (node.isEmpty() || !(node.get().facts instanceof Release release)) {
                continue;
            }
            boolean isSame = id.isEmpty() || id.get().equals(release.id());
            if (isSame && (id.isEmpty() || !release.version().isEmpty())) {
                String what = path.substring(path.lastIndexOf('/') + 1);
                evidence.add(new Evidence(what, node.get().path(), files.layerOf(node.get())));
                id = text(release.id());
                if (!release.version().isEmpty()) {
                    return new OperatingSystem(id, text(release.version()));
                }
            }
        }
        return new OperatingSystem(id, Optional.empty());
    }

    private static Optional<String> text(String value) {
        return Optional.of(value).filter(each -> !each.isEmpty());
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
