package io.crs.image.inspect;

import io.crs.image.Digest;
import io.crs.image.inspect.Compatibility.Libc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What agents have been tested with: packages of C libraries, and images.
 *
 * <p>The bundled one has what the user guide lists and its checker accepts, 55 packages and 24 images. A host adds what it has
 * tested itself. Immutable.
 */
public final class SupportCatalog {
    /** What is taken away from the version of a package, in this order. */
    private static final List<Pattern> SPELLING = Stream.of(
                    "^glibcVersion:",
                    "^(libc6|glibc|musl)[-_ ]",
                    "^[0-9]+:",
                    "\\.(apk|rpm|deb)$",
                    "[._](x86_64|amd64)$")
            .map(Pattern::compile)
            .toList();

    private static final SupportCatalog BUNDLED = new SupportCatalog(
            rows("tested-libc.csv", row -> new TestedPackage(row[0], row[2], row[3], "amd64")),
            rows(
                    "tested-images.csv",
                    row -> new TestedImage(
                            row[0], Optional.of(row[1]).filter(name -> !name.isEmpty()), Digest.parse(row[2]))));

    private final List<TestedPackage> packages;
    private final List<TestedImage> images;

    /**
     * A package of a C library that has been tested.
     *
     * @param os the distribution, as {@code os-release} names it, such as {@code debian}
     * @param kind {@code glibc} or {@code musl}
     * @param version its version and revision, such as {@code 2.28-10}, however it is spelled: {@code glibc-2.28-72.el8.x86_64}
     *     is {@code 2.28-72.el8}
     * @param architecture the processor it has been tested on, such as {@code amd64}
     */
    public record TestedPackage(String os, String kind, String version, String architecture) {
        /** Takes what belongs to the spelling away from the version. */
        public TestedPackage {
            version = plain(version);
            if (version.isEmpty()) {
                throw new IllegalArgumentException("a package without a version: every one would be like it");
            }
        }
    }

    /**
     * An image that has been tested. The check of an image knows the digest of its manifest alone; by that of an index the
     * catalog has to be asked.
     *
     * @param name its name, such as {@code debian:10}
     * @param libc the package of its C library, such as {@code 2.28-10}; empty where it names none
     * @param digest of its manifest, or of the index that it is listed in
     */
    public record TestedImage(String name, Optional<String> libc, Digest digest) {
        /** Takes what belongs to the spelling away from the package. */
        public TestedImage {
            libc = libc.map(SupportCatalog::plain);
        }
    }

    private SupportCatalog(List<TestedPackage> packages, List<TestedImage> images) {
        this.packages = List.copyOf(packages);
        this.images = List.copyOf(images);
    }

    /** Returns what comes with the product. */
    public static SupportCatalog bundled() {
        return BUNDLED;
    }

    /** Returns this catalog with one more package. */
    public SupportCatalog plus(TestedPackage tested) {
        return new SupportCatalog(plus(packages, tested), images);
    }

    /** Returns this catalog with one more image. */
    public SupportCatalog plus(TestedImage tested) {
        return new SupportCatalog(packages, plus(images, tested));
    }

    private static <T> List<T> plus(List<T> list, T one) {
        List<T> more = new ArrayList<>(list);
        more.add(one);
        return more;
    }

    /** Returns all packages. */
    public List<TestedPackage> packages() {
        return packages;
    }

    /** Returns all images. */
    public List<TestedImage> images() {
        return images;
    }

    /** Returns the image with a digest, of its manifest or of the index that it is listed in. */
    public Optional<TestedImage> image(Digest digest) {
        return images.stream().filter(each -> each.digest().equals(digest)).findFirst();
    }

    /** Returns the images of a name, such as {@code debian:10}; the same name may have stood for several. */
    public List<TestedImage> imagesNamed(String name) {
        return images.stream().filter(each -> each.name().equals(name)).toList();
    }

    /** Returns the images whose C library is of a package, however that is spelled. */
    public List<TestedImage> imagesWith(String libc) {
        Optional<String> version = Optional.of(plain(libc));
        return images.stream().filter(each -> each.libc().equals(version)).toList();
    }

    /** Returns whether this very package of this distribution has been tested; an unknown package never has. */
    boolean isTested(Libc libc, Optional<String> os, String architecture) {
        String version = libc.packageVersion().map(SupportCatalog::plain).orElse("");
        return packages.stream()
                .anyMatch(each -> each.version().equals(version)
                        && each.kind().equals(libc.kind())
                        && each.architecture().equals(architecture)
                        && os.map(each.os()::equals).orElse(true));
    }

    /**
     * Returns a package's version and revision alone, however it is spelled: {@code musl-1.2.2-r0.apk},
     * {@code glibcVersion:libc6_2.27-3ubuntu1.4}, {@code glibc-2.17-323.el7_9.x86_64}, {@code 0:2.28-10}.
     */
    static String plain(String text) {
        String version = text.strip();
        for (Pattern each : SPELLING) {
            version = each.matcher(version).replaceFirst("");
        }
        return version;
    }

    private static <T> List<T> rows(String resource, Function<String[], T> made) {
        InputStream in =
                Objects.requireNonNull(SupportCatalog.class.getResourceAsStream(resource), resource + " is missing");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .skip(1)
                    .map(line -> made.apply(line.split(",", -1)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
