package io.crs.image.inspect;

import io.crs.image.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The verdict on an image: whether it can be instrumented, how well that is known, and why.
 *
 * @param instrumentable whether an agent can go into the image
 * @param level how well the image's C library is known
 * @param libc the C library the entry point runs on
 * @param os the distribution
 * @param architecture the processor the configuration states, such as {@code amd64}
 * @param entryPoint the program a container would start; empty if nothing would be started
 * @param blindSpots what library hooks would not see, one a line, such as set-user-ID programs
 * @param reasons why the verdict is what it is, in sentences; never empty unless instrumentable
 * @param evidence the files the verdict rests on
 */
public record Compatibility(
        boolean instrumentable,
        Level level,
        Libc libc,
        OperatingSystem os,
        String architecture,
        Optional<EntryPoint> entryPoint,
        List<String> blindSpots,
        List<String> reasons,
        List<Evidence> evidence) {
    /** How well an image is known. */
    public enum Level {
        /** This very package of the C library has been tested. */
        TESTED,
        /** The C library is of a kind and version that is supported. */
        SUPPORTED,
        /** The program is statically linked: its system calls are seen, library hooks cannot load. */
        STATIC,
        /** The image cannot be instrumented, or too little could be found out about it. */
        UNSUPPORTED
    }

    /**
     * A C library.
     *
     * @param kind {@code glibc}, {@code musl} or {@code none}
     * @param version the version of the library itself, such as {@code 2.36}
     * @param packageVersion the distribution's version, such as {@code 2.36-9+deb12u14}
     */
    public record Libc(String kind, Optional<String> version, Optional<String> packageVersion) {
        /** No C library. */
        public static final Libc NONE = new Libc("none", Optional.empty(), Optional.empty());
    }

    /**
     * A distribution, as its {@code os-release} names it.
     *
     * @param id such as {@code debian}
     * @param version such as {@code 12}
     */
    public record OperatingSystem(Optional<String> id, Optional<String> version) {}

    /**
     * The program a container starts.
     *
     * @param path its path in the image without links, or as it is written where it was not found
     * @param kind {@code dynamic}, {@code static} or {@code script}; empty where it was not found
     */
    public record EntryPoint(String path, Optional<String> kind) {}

    /**
     * A file a part of the verdict rests on.
     *
     * @param what what it shows
     * @param path its path in the image
     * @param layer the digest of the layer it lies in
     */
    public record Evidence(String what, String path, String layer) {}

    /** Copies the lists. */
    public Compatibility {
        blindSpots = List.copyOf(blindSpots);
        reasons = List.copyOf(reasons);
        evidence = List.copyOf(evidence);
    }

    /** Returns this verdict turned into a refusal, with one more reason. */
    public Compatibility refused(String reason) {
        List<String> more = new ArrayList<>(reasons);
        more.add(reason);
        return new Compatibility(false, level, libc, os, architecture, entryPoint, blindSpots, more, evidence);
    }

    /** Returns this verdict turned into a consent. */
    public Compatibility accepted() {
        return new Compatibility(true, level, libc, os, architecture, entryPoint, blindSpots, reasons, evidence);
    }

    /** Returns the verdict as a JSON object; what is not known is null. */
    public String toJson() {
        Json entry = entryPoint
                .map(each ->
                        Json.object().with("path", Json.of(each.path())).with("kind", Json.ofNullable(each.kind())))
                .orElse(Json.ofNullable(Optional.empty()));
        return Json.object()
                .with("instrumentable", Json.of(instrumentable))
                .with("level", Json.of(level.name()))
                .with(
                        "libc",
                        Json.object()
                                .with("kind", Json.of(libc.kind()))
                                .with("version", Json.ofNullable(libc.version()))
                                .with("package", Json.ofNullable(libc.packageVersion())))
                .with(
                        "os",
                        Json.object()
                                .with("id", Json.ofNullable(os.id()))
                                .with("version", Json.ofNullable(os.version())))
                .with("architecture", Json.of(architecture))
                .with("entrypoint", entry)
                .with("blindSpots", Json.strings(blindSpots))
                .with("reasons", Json.strings(reasons))
                .with(
                        "evidence",
                        Json.array(evidence.stream().map(Compatibility::json).toList()))
                .toString();
    }

    private static Json json(Evidence evidence) {
        return Json.object()
                .with("what", Json.of(evidence.what()))
                .with("path", Json.of(evidence.path()))
                .with("layer", Json.of(evidence.layer()));
    }
}
