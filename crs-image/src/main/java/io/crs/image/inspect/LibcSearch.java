package io.crs.image.inspect;

import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Packages;
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
            "/usr/lib");
    private static final List<String> RPM_DATABASES = List.of(
            "/usr/lib/sysimage/rpm/rpmdb.sqlite",
            "/var/lib/rpm/rpmdb.sqlite",
            "/usr/share/rpm/rpmdb.sqlite",
            "/usr/lib/sysimage/rpm/Packages.db",
            "/var/lib/rpm/Packages.db",
            "/usr/lib/sysimage/rpm/Packages",
            "/var/lib/rpm/Packages");

    private final ImageFiles files;
    private final List<String> reasons = new ArrayList<>();
    private final List<Evidence> evidence = new ArrayList<>();

    LibcSearch(ImageFiles files) {
        this.files = files;
    }

    List<String> reasons() {
        return reasons;
    }

    List<Evidence> evidence() {
        return evidence;
    }

    /** Finds the library of a program, or the library there is where the program is not known. */
    Libc search(@Nullable Elf program) throws IOException {
        if (program == null || program.isStatic()) {
            return any(program != null);
        }
        String loader = program.interpreter();
        Lookup lookup = files.tree().find(loader);
        if (lookup.node().isEmpty()) {
            reasons.add("the loader " + Node.text(loader)
                    + (lookup.loops() ? " is a link in circles" : " is not in the image"));
        }
        if (loader.contains("ld-musl-")) {
            return library("musl", lookup.node());
        }
        if (loader.contains("/ld-linux")
                || loader.contains("/ld64.so")
                || loader.contains("/ld-2.")
                || loader.endsWith("/ld.so.1")) {
            return library("glibc", beside(lookup.node()));
        }
        reasons.add("the loader " + Node.text(loader) + " is of neither glibc nor musl");
        return Libc.NONE;
    }

    /** The library of an image whose program does not name one. */
    private Libc any(boolean isStatic) throws IOException {
        Optional<Node> glibc = beside(Optional.empty());
        if (glibc.isPresent()) {
            return library("glibc", glibc);
        }
        Optional<Node> musl = Stream.of("x86_64", "aarch64")
                .flatMap(machine -> file("/lib/ld-musl-" + machine + ".so.1").stream())
                .findFirst();
        if (musl.isPresent()) {
            return library("musl", musl);
        }
        if (!isStatic) {
            reasons.add("no C library was found");
        }
        return Libc.NONE;
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
        evidence.add(new Evidence("C library", node.path(), files.layerOf(node)));
        if (node.facts instanceof CLibrary library) {
            return Optional.of(library);
        }
        // A hard link to a file of another name: it was not read while its layer streamed by.
        return files.content(node, FactReader::library).map(CLibrary.class::cast);
    }

    /** Finds libc.so.6 in the folder of the loader, else where distributions put it. */
    private Optional<Node> beside(Optional<Node> loader) {
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

    private Optional<String> packageVersion(String kind) {
        for (String path : databases()) {
            Optional<Node> node = file(path);
            if (node.isEmpty() || !(node.get().facts instanceof Packages packages)) {
                continue;
            }
            Optional<String> version = kind.equals("musl")
                    ? Optional.ofNullable(packages.versions().get("musl"))
                    : Optional.ofNullable(packages.versions().get("libc6"))
                            .or(() -> Optional.ofNullable(packages.versions().get("glibc")));
            if (version.isPresent()) {
                evidence.add(new Evidence("package database", node.get().path(), files.layerOf(node.get())));
                return version;
            }
        }
        for (String path : RPM_DATABASES) {
            if (file(path).isPresent()) {
                reasons.add("the package version is not known: " + path + " is an rpm database, which is not read");
                break;
            }
        }
        return Optional.empty();
    }

    private List<String> databases() {
        List<String> paths = new ArrayList<>(List.of("/var/lib/dpkg/status"));
        files.tree().find("/var/lib/dpkg/status.d").node().ifPresent(folder -> folder.children()
                .forEach(file -> paths.add(file.rawPath())));
        paths.add("/lib/apk/db/installed");
        paths.add("/usr/lib/apk/db/installed");
        return paths;
    }
}
