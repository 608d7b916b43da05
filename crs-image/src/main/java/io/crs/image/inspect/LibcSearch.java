package io.crs.image.inspect;

import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Installed;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Unreadable;
import io.crs.image.inspect.FileTree.Lookup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the C library a program runs on, and its version.
 *
 * <p>What decides is the loader the program names: an image may hold several C libraries. The version comes from the
 * library itself, the package's version from the database of the distribution, else from the library's banner.
 */
final class LibcSearch {
    private static final List<String> FOLDERS = List.of(
            "/lib/x86_64-linux-gnu",
            "/usr/lib/x86_64-linux-gnu",
            "/lib/aarch64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/lib64",
            "/usr/lib64",
            "/lib",
            "/usr/lib",
            "/usr/glibc-compat/lib");
    private final ImageFiles files;
    private int machine;
    private final List<String> reasons = new ArrayList<>();
    private final List<Evidence> evidence = new ArrayList<>();

    /**
     * A search in an image.
     *
     * @param machine the processor the library is for where the program does not tell
     */
    LibcSearch(ImageFiles files, int machine) {
        this.files = files;
        this.machine = machine;
    }

    List<String> reasons() {
        return reasons;
    }

    List<Evidence> evidence() {
        return evidence;
    }

    /** Finds the library of a program, or the library there is where the program is not known. */
    Libc search(@Nullable Elf program) throws IOException {
        if (program != null) {
            machine = program.machine();
        }
        if (program == null || program.isStatic()) {
            return any(program != null);
        }
        String loader = program.interpreter();
        Lookup lookup = files.tree().find(loader);
        if (lookup.node().isEmpty()) {
            reasons.add("the loader " + Node.text(loader)
                    + (lookup.loops() ? " is a link in circles" : " is not in the image"));
        }
        lookup.node().ifPresent(node -> note("loader", node));
        if (loader.contains("ld-musl-")) {
            glibc(Optional.empty()).ifPresent(node -> note("glibc is in the image too", node));
            return library("musl", lookup.node());
        }
        if (loader.contains("/ld-linux")
                || loader.contains("/ld64.so")
                || loader.contains("/ld-2.")
                || loader.endsWith("/ld.so.1")) {
            return namedGlibc(lookup.node());
        }
        reasons.add("the loader " + Node.text(loader) + " is of neither glibc nor musl");
        return Libc.NONE;
    }

    /** The library behind a loader of glibc's name, which may be musl that passes for glibc. */
    private Libc namedGlibc(Optional<Node> loader) throws IOException {
        Optional<Node> musl = musl();
        if (loader.filter(LibcSearch::isMusl).isPresent()) {
            reasons.add("the loader of glibc's name is musl");
            return library("musl", loader);
        }
        Optional<Node> glibc = glibc(loader);
        Optional<Node> gcompat = Stream.of("/lib", "/usr/lib")
                .flatMap(folder -> file(folder + "/libgcompat.so.0").stream())
                .findFirst();
        if (glibc.isEmpty() && gcompat.isPresent() && musl.isPresent()) {
            note("gcompat, which makes musl pass for glibc", gcompat.get());
            reasons.add("the program was made for glibc and runs on musl with gcompat");
            return library("musl", musl);
        }
        musl.ifPresent(node -> note("musl is in the image too", node));
        return library("glibc", glibc);
    }

    private static boolean isMusl(Node node) {
        return node.facts instanceof CLibrary library && library.kind().equals("musl");
    }

    /** The library of an image whose program does not name one. */
    private Libc any(boolean isStatic) throws IOException {
        Optional<Node> glibc = glibc(Optional.empty());
        if (glibc.isPresent()) {
            return library("glibc", glibc);
        }
        Optional<Node> musl = musl();
        if (musl.isPresent()) {
            return library("musl", musl);
        }
        if (!isStatic) {
            reasons.add("no C library was found");
        }
        return Libc.NONE;
    }

    private Optional<Node> musl() {
        return Stream.of("x86_64", "aarch64", "armhf", "i386", "riscv64", "s390x", "powerpc64le")
                .flatMap(name -> file("/lib/ld-musl-" + name + ".so.1").stream())
                .findFirst();
    }

    private void note(String what, Node node) {
        evidence.add(new Evidence(what, node.path(), files.layerOf(node)));
    }

    private Libc library(String kind, Optional<Node> node) throws IOException {
        Optional<CLibrary> library = node.isPresent() ? read(node.get()) : Optional.empty();
        Optional<String> version = library.filter(each -> each.kind().equals(kind))
                .map(CLibrary::version)
                .filter(text -> !text.isEmpty());
        if (version.isEmpty()) {
            reasons.add("the version of " + kind + " could not be determined: "
                    + (node.isPresent() ? node.get().path() + " does not tell it" : "its library is not in the image"));
        }
        Optional<String> revision =
                packageVersion(kind).or(() -> library.map(CLibrary::revision).filter(text -> !text.isEmpty()));
        return new Libc(kind, version, revision);
    }

    private Optional<CLibrary> read(Node node) throws IOException {
        note("C library", node);
        if (node.facts instanceof CLibrary library) {
            return Optional.of(library);
        }
        // A hard link to a file of another name: it was not read while its layer streamed by.
        return files.content(node, FactReader::library).map(CLibrary.class::cast);
    }

    /** Finds libc.so.6 in the folder of the loader, else where distributions put it. */
    private Optional<Node> glibc(Optional<Node> loader) {
        Optional<Node> near =
                loader.flatMap(node -> Optional.ofNullable(node.parent)).flatMap(folder -> file(folder, "libc.so.6"));
        return near.or(() -> FOLDERS.stream()
                .flatMap(folder -> file(folder + "/libc.so.6").stream())
                .findFirst());
    }

    private Optional<Node> file(Node folder, String name) {
        return files.tree().find(folder, name).node().filter(node -> node.kind == Node.Kind.FILE);
    }

    private Optional<Node> file(String path) {
        Lookup lookup = files.tree().find(path);
        if (lookup.loops()) {
            reasons.add("the symbolic links of " + path + " go in circles");
        }
        return lookup.node().filter(node -> node.kind == Node.Kind.FILE);
    }

    /** Looks the library's package up; of one that is installed for several processors, that of the program's. */
    private Optional<String> packageVersion(String kind) {
        for (String path : databases()) {
            Optional<Node> node = file(path);
            if (node.isEmpty()) {
                continue;
            }
            if (node.get().facts instanceof Unreadable unreadable) {
                reasons.add("the package database " + node.get().path() + " cannot be read: " + unreadable.why());
            }
            Optional<String> version =
                    node.get().facts instanceof Packages packages ? version(packages, kind) : Optional.empty();
            if (version.isPresent()) {
                note("package database", node.get());
                file(path + "-wal").filter(log -> log.size > 0).ifPresent(this::doubt);
                return version;
            }
        }
        return Optional.empty();
    }

    private void doubt(Node log) {
        reasons.add("the package version may be out of date: changes in " + log.path() + " are not read");
    }

    private Optional<String> version(Packages packages, String kind) {
        List<String> names = kind.equals("musl") ? List.of("musl") : List.of("libc6", "glibc");
        return names.stream()
                .flatMap(name ->
                        packages.installed().stream().filter(each -> each.name().equals(name)))
                .filter(each -> Processor.runs(each.architecture(), machine))
                .map(Installed::version)
                .findFirst();
    }

    private List<String> databases() {
        List<String> paths = new ArrayList<>(List.of("/var/lib/dpkg/status"));
        files.tree().find("/var/lib/dpkg/status.d").node().ifPresent(folder -> folder.children()
                .forEach(file -> paths.add(file.rawPath())));
        paths.add("/lib/apk/db/installed");
        paths.add("/usr/lib/apk/db/installed");
        paths.addAll(PackageDatabase.RPM_PATHS);
        return paths;
    }
}
