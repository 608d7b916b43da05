package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.inspect.Compatibility.Level;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.SupportCatalog.TestedImage;
import io.crs.image.inspect.SupportCatalog.TestedPackage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SupportCatalogTest {
    private static final SupportCatalog CATALOG = SupportCatalog.bundled();

    private static Libc libc(String kind, String packageVersion) {
        return new Libc(kind, Optional.empty(), Optional.of(packageVersion));
    }

    @Test
    void knowsEveryRowAndNothingLikeIt() {
        assertEquals(55, CATALOG.packages().size());
        for (TestedPackage row : CATALOG.packages()) {
            Libc libc = libc(row.kind(), row.version());
            assertTrue(CATALOG.isTested(libc, Optional.of(row.os()), "amd64"), row.toString());
            assertTrue(CATALOG.isTested(libc, Optional.empty(), "amd64"), row.toString());
            assertFalse(CATALOG.isTested(libc, Optional.of(row.os()), "arm64"), row.toString());
            assertFalse(CATALOG.isTested(libc, Optional.of("gentoo"), "amd64"), row.toString());
            String longer = row.version() + "0";
            String shorter = row.version().substring(0, row.version().length() - 1);
            for (String like : List.of(longer, shorter)) {
                boolean isRow = CATALOG.packages().stream()
                        .anyMatch(each -> each.version().equals(like));
                assertEquals(isRow, CATALOG.isTested(libc(row.kind(), like), Optional.of(row.os()), "amd64"), like);
            }
        }
    }

    @Test
    void takesAnUnknownPackageForUntested() {
        for (Libc libc : List.of(libc("glibc", ""), new Libc("glibc", Optional.of("2.28"), Optional.empty()))) {
            assertFalse(CATALOG.isTested(libc, Optional.of("debian"), "amd64"));
        }
        assertTrue(CATALOG.isTested(libc("glibc", "1:2.28-10"), Optional.of("debian"), "amd64"), "with an epoch");
    }

    @Test
    void namesTheImagesOfTheGuideByNameDigestAndCLibrary() {
        assertEquals(24, CATALOG.images().size());
        for (TestedImage image : CATALOG.images()) {
            assertEquals(Optional.of(image), CATALOG.image(image.digest()));
            assertTrue(CATALOG.imagesNamed(image.name()).contains(image));
            // Whatever the guide names an image for has been tested as a package too.
            image.libc()
                    .ifPresent(libc -> assertTrue(
                            CATALOG.packages().stream()
                                    .anyMatch(each -> each.version().equals(libc)),
                            image.toString()));
        }
        assertEquals("[alpine:3.12.1]", names(CATALOG.imagesWith("musl-1.1.24-r9.apk")));
        assertEquals("[ubuntu:18.04]", names(CATALOG.imagesWith("2.27-3ubuntu1.4")));
        assertEquals("[]", names(CATALOG.imagesWith("")));
        assertEquals(
                List.of("distroless/java:11", "distroless/java:8", "distroless/java:8-debug"),
                CATALOG.images().stream()
                        .filter(image -> image.libc().isEmpty())
                        .map(TestedImage::name)
                        .toList());
        assertEquals(Optional.empty(), CATALOG.image(Digest.of(new byte[1])));
    }

    private static String names(List<TestedImage> images) {
        return images.stream().map(TestedImage::name).toList().toString();
    }

    @Test
    void takesForTestedWhatAHostAdds() throws Exception {
        Image image = ImageFixture.of(ProgramFixture.debian("2.99", "1")
                        .program("app", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER)))
                .entryPoint("/app")
                .image();
        assertEquals(Level.SUPPORTED, level(image, CATALOG));
        SupportCatalog named = CATALOG.plus(new TestedImage("team/app:1", Optional.empty(), image.digest()));
        Compatibility verdict = new ImageInspector(FactCache.none(), named).inspect(image);
        assertEquals(Level.TESTED, verdict.level());
        assertEquals(List.of("the image is team/app:1, which has been tested"), verdict.reasons());
        Libc libc = libc("glibc", "libc6_2.99-1");
        TestedPackage arm = new TestedPackage("debian", "glibc", "2.99-1", "arm64");
        assertFalse(CATALOG.isTested(libc, Optional.of("debian"), "arm64"));
        assertTrue(CATALOG.plus(arm).isTested(libc, Optional.of("debian"), "arm64"));
        assertFalse(CATALOG.plus(arm).isTested(libc, Optional.of("debian"), "amd64"));
        assertThrows(IllegalArgumentException.class, () -> new TestedPackage("debian", "glibc", "libc6_", "amd64"));
    }

    private static Level level(Image image, SupportCatalog catalog) throws Exception {
        return new ImageInspector(FactCache.none(), catalog).inspect(image).level();
    }
}
