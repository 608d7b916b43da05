package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.inspect.Compatibility.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageInspectorTest {
    private static final String REVISION = "2.36-9+deb12u14";

    private static Compatibility inspect(ImageFixture fixture) throws Exception {
        return new ImageInspector().inspect(fixture.image());
    }

    private static ImageFixture debian(TarFixture... above) {
        ImageFixture fixture = ImageFixture.of(ProgramFixture.debian("2.36", REVISION));
        for (TarFixture layer : above) {
            fixture.layer(layer.bytes());
        }
        return fixture.entryPoint("/usr/bin/app");
    }

    private static String reasons(Compatibility verdict) {
        return String.join("; ", verdict.reasons());
    }

    @Test
    void tellsDebianByTheLibraryItself() throws Exception {
        Compatibility verdict = inspect(debian());
        assertEquals(
                "{\"instrumentable\":true,\"level\":\"SUPPORTED\","
                        + "\"libc\":{\"kind\":\"glibc\",\"version\":\"2.36\",\"package\":\"2.36-9+deb12u14\"},"
                        + "\"os\":{\"id\":\"debian\",\"version\":\"12\"},\"architecture\":\"amd64\","
                        + "\"entrypoint\":{\"path\":\"/usr/bin/app\",\"kind\":\"dynamic\"},"
                        + "\"blindSpots\":[],\"reasons\":[],\"evidence\":",
                verdict.toJson().replaceFirst("(\"evidence\":).*", "$1"));
        String layer = debian().image().layers().get(0).descriptor().digest().toString();
        assertTrue(verdict.evidence()
                .contains(new Compatibility.Evidence("C library", "/usr/lib/x86_64-linux-gnu/libc.so.6", layer)));
        assertTrue(verdict.evidence().contains(new Compatibility.Evidence("os-release", "/usr/lib/os-release", layer)));
    }

    @Test
    void tellsAlpine() throws Exception {
        Compatibility verdict = inspect(
                ImageFixture.of(ProgramFixture.alpine("1.2.3", "1.2.3-r0")).command("sh"));
        assertEquals(Level.TESTED, verdict.level());
        assertEquals(
                "musl 1.2.3",
                verdict.libc().kind() + " " + verdict.libc().version().orElseThrow());
        assertEquals("/bin/busybox", verdict.entryPoint().orElseThrow().path());
    }

    @Test
    void tellsDistrolessByItsPackageFiles() throws Exception {
        TarFixture distroless = new TarFixture()
                .program("lib/x86_64-linux-gnu/ld-2.28.so", ProgramFixture.staticPie())
                .link("lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-2.28.so")
                .program("lib/x86_64-linux-gnu/libc-2.28.so", ProgramFixture.glibc("Debian GLIBC 2.28-10", "2.28"))
                .link("lib/x86_64-linux-gnu/libc.so.6", "libc-2.28.so")
                .file("var/lib/dpkg/status.d/bGliYzY", "Package: libc6\nVersion: 2.28-10\n")
                .file("var/lib/dpkg/status.d/libc6.md5sums", "x")
                .link("etc/os-release", "/usr/lib/os-release")
                .file("usr/lib/os-release", "ID=debian\nVERSION_ID='10'\n")
                .program("usr/lib/jvm/bin/java", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER))
                .link("usr/bin/java", "/usr/lib/jvm/bin/java");
        Compatibility verdict = inspect(ImageFixture.of(distroless).entryPoint("java", "-jar"));
        assertEquals(Level.TESTED, verdict.level(), verdict.toJson());
        assertEquals(Optional.of("2.28-10"), verdict.libc().packageVersion());
        assertEquals("/usr/lib/jvm/bin/java", verdict.entryPoint().orElseThrow().path());
    }

    @Test
    void letsTheEntryPointDecideBetweenTwoLibraries() throws Exception {
        TarFixture both = ProgramFixture.debian("2.36", REVISION)
                .program("usr/lib/ld-musl-x86_64.so.1", ProgramFixture.musl("1.2.2"))
                .program("usr/bin/other", ProgramFixture.dynamic(ProgramFixture.MUSL_LOADER));
        assertEquals(
                "musl",
                inspect(ImageFixture.of(both).entryPoint("other")).libc().kind());
        assertEquals(
                "glibc", inspect(ImageFixture.of(both).entryPoint("app")).libc().kind());
    }

    @Test
    void seesNoLibraryThatAWhiteoutHides() throws Exception {
        for (TarFixture hiding : List.of(
                new TarFixture().file("usr/lib/x86_64-linux-gnu/.wh.libc.so.6", ""),
                new TarFixture().file("usr/lib/.wh.x86_64-linux-gnu", ""),
                new TarFixture().file("usr/lib/.wh..wh..opq", ""),
                new TarFixture().file("usr/lib/x86_64-linux-gnu/libc.so.6", "not executable, not a library"),
                new TarFixture().file("usr/lib", "a file in the place of a folder"))) {
            Compatibility verdict = inspect(debian(hiding));
            assertEquals(Level.UNSUPPORTED, verdict.level(), verdict.toJson());
            assertEquals(Optional.empty(), verdict.libc().version());
            assertFalse(verdict.instrumentable());
        }
    }

    @Test
    void keepsWhatALayerHasBesideItsOwnWhiteout() throws Exception {
        byte[] libc = ProgramFixture.glibc("GNU libc", "2.31");
        String name = "usr/lib/x86_64-linux-gnu/";
        TarFixture before = new TarFixture().file(name + ".wh.libc.so.6", "").program(name + "libc.so.6", libc);
        TarFixture after = new TarFixture().program(name + "libc.so.6", libc).file(name + ".wh.libc.so.6", "");
        TarFixture opaque = new TarFixture()
                .program(name + "libc.so.6", libc)
                .program(name + "ld-linux-x86-64.so.2", ProgramFixture.staticPie())
                .file(name + ".wh..wh..opq", "");
        for (TarFixture layer : List.of(before, after, opaque)) {
            assertEquals(Optional.of("2.31"), inspect(debian(layer)).libc().version());
        }
        assertTrue(reasons(inspect(debian(after))).contains("some runtimes remove it"));
        assertFalse(reasons(inspect(debian(before))).contains("some runtimes remove it"));
    }

    @Test
    void refusesAWhiteoutOfNothing() {
        for (String name : List.of("etc/.wh.", "etc/.wh..", "etc/.wh...")) {
            InvalidImageException refused =
                    assertThrows(InvalidImageException.class, () -> inspect(debian(new TarFixture().file(name, ""))));
            assertTrue(refused.getMessage().contains(name), refused.getMessage());
            assertTrue(refused.getMessage().contains("layer"), refused.getMessage());
        }
    }

    @Test
    void findsNoOsReleaseUnderAFileThatReplacedItsFolder() throws Exception {
        TarFixture low =
                new TarFixture().program("app", ProgramFixture.fixed(62, "")).file("etc/os-release", "ID=low\n");
        ImageFixture replaced =
                ImageFixture.of(low, new TarFixture().file("etc", "a file")).entryPoint("/app");
        assertEquals(Optional.empty(), inspect(replaced).os().id());
        assertEquals(
                Optional.of("low"),
                inspect(ImageFixture.of(low).entryPoint("/app")).os().id());
    }

    @Test
    void neverLeavesTheImageThroughALink() throws Exception {
        TarFixture app = new TarFixture().program("app", ProgramFixture.fixed(62, ""));
        // The machine this test runs on has such files; the image does not.
        Compatibility verdict = inspect(ImageFixture.of(app.link("etc/os-release", "../../../../../../etc/os-release"))
                .entryPoint("/app"));
        assertEquals(Optional.empty(), verdict.os().id());
        TarFixture absolute = new TarFixture()
                .program("app", ProgramFixture.fixed(62, ""))
                .link("etc/os-release", "/usr/lib/os-release")
                .file("usr/lib/os-release", "ID=inside\n");
        assertEquals(
                Optional.of("inside"),
                inspect(ImageFixture.of(absolute).entryPoint("/app")).os().id());
    }

    @Test
    void clampsNamesThatClimbOutAndTakesTheLastOfSeveral() throws Exception {
        TarFixture odd = new TarFixture()
                .program("app", ProgramFixture.fixed(62, ""))
                .file("../../etc/os-release", "ID=one\n")
                .file("/etc/os-release", "ID=two\n")
                .file("./etc//os-release", "ID=three\n")
                .file("etc/\u00ff\u00fename", "x");
        Compatibility verdict = inspect(ImageFixture.of(odd).entryPoint("/app"));
        assertEquals(Optional.of("three"), verdict.os().id());
        assertTrue(reasons(verdict).contains(".."), verdict.toJson());
    }

    @Test
    void endsWhereLinksGoInCircles() throws Exception {
        TarFixture circles = new TarFixture()
                .link("usr/lib/x86_64-linux-gnu/libc.so.6", "b")
                .link("usr/lib/x86_64-linux-gnu/b", "libc.so.6");
        Compatibility verdict = inspect(debian(circles));
        assertEquals(Level.UNSUPPORTED, verdict.level());
        assertTrue(reasons(verdict).contains("could not be determined"), verdict.toJson());
        Compatibility self = inspect(debian(new TarFixture().link("usr/bin/app", "app")));
        assertTrue(reasons(self).contains("go in circles"), self.toJson());
    }

    @Test
    void readsALibraryThroughAHardLinkOfAnotherName() throws Exception {
        TarFixture objects = new TarFixture()
                .program("objects/ab12", ProgramFixture.glibc("GNU libc", "2.34"))
                .hardLink("usr/lib/x86_64-linux-gnu/libc.so.6", "objects/ab12");
        assertEquals(Optional.of("2.34"), inspect(debian(objects)).libc().version());
        TarFixture removed = new TarFixture().file("objects/.wh.ab12", "");
        assertEquals(
                Optional.of("2.34"), inspect(debian(objects, removed)).libc().version());
    }

    @Test
    void tellsStaticProgramsAndNeedsNoLibraryForThem() throws Exception {
        TarFixture go = new TarFixture()
                .program("app", ProgramFixture.fixed(62, "\u00ff Go buildinf:\b\2" + "\0".repeat(16) + "\bgo1.21.5"));
        Compatibility verdict = inspect(ImageFixture.of(go).entryPoint("/app"));
        assertEquals(Level.STATIC, verdict.level());
        assertTrue(verdict.instrumentable());
        assertEquals("none", verdict.libc().kind());
        assertEquals(Optional.of("static"), verdict.entryPoint().orElseThrow().kind());
        assertTrue(reasons(verdict).contains("made by go1.21.5"), verdict.toJson());
        TarFixture pie = new TarFixture().program("app", ProgramFixture.staticPie());
        assertTrue(reasons(inspect(ImageFixture.of(pie).entryPoint("/app"))).contains("position-independent"));
    }

    @Test
    void reportsAnArchitectureThatIsALie() throws Exception {
        TarFixture arm = new TarFixture().program("app", ProgramFixture.fixed(ProgramFixture.ARM64, ""));
        Compatibility verdict = inspect(ImageFixture.of(arm).entryPoint("/app"));
        assertEquals(Level.UNSUPPORTED, verdict.level());
        assertTrue(reasons(verdict).contains("for amd64, its entry point is for arm64"), verdict.toJson());
        assertTrue(verdict.evidence().stream()
                .anyMatch(each ->
                        each.what().equals("made for arm64") && each.path().equals("/app")));
        assertEquals(
                Level.STATIC,
                inspect(ImageFixture.of(arm).entryPoint("/app").document("architecture", Json.of("arm64")))
                        .level());
        assertEquals(
                Level.UNSUPPORTED,
                inspect(debian().document("architecture", Json.of("s390x"))).level());
    }

    @ParameterizedTest
    @CsvSource({
        "/run.sh, '#!/bin/sh\n', script, /run.sh",
        "/run.sh, '#! /usr/bin/env sh\n', script, /run.sh",
        "/run.sh, '#!/usr/bin/env -S sh -x\n', script, /run.sh",
        "/run.sh, '#!/two.sh', script, /run.sh",
        "./run.sh, '#!/bin/sh\n', script, /run.sh"
    })
    void followsTheInterpretersOfScripts(String entryPoint, String script, String kind, String path) throws Exception {
        TarFixture scripts = new TarFixture()
                .program("run.sh", script.getBytes(StandardCharsets.UTF_8))
                .program("two.sh", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8))
                .program("usr/bin/env", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER));
        Compatibility verdict = inspect(debian(scripts).entryPoint(entryPoint));
        assertEquals(kind, verdict.entryPoint().orElseThrow().kind().orElseThrow());
        assertEquals(path, verdict.entryPoint().orElseThrow().path());
        assertEquals(Level.SUPPORTED, verdict.level(), verdict.toJson());
    }

    @Test
    void endsWhereScriptsInterpretEachOther() throws Exception {
        TarFixture scripts = new TarFixture().program("run.sh", "#!/run.sh\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(reasons(inspect(debian(scripts).entryPoint("/run.sh"))).contains("more than 4 deep"));
    }

    @Test
    void searchesThePathOfTheImage() throws Exception {
        TarFixture opt = new TarFixture().program("opt/x/tool", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER));
        ImageFixture fixture = debian(opt).entryPoint("tool");
        assertTrue(reasons(inspect(fixture)).contains("the entry point tool is not in the image"));
        fixture.config("Env", Json.strings(List.of("NOEQUALS", "PATH=/bin", "PATH=/nowhere:x")))
                .config("WorkingDir", Json.of("/opt"));
        assertEquals("/opt/x/tool", inspect(fixture).entryPoint().orElseThrow().path());
    }

    @Test
    void saysThatThereIsNothingToRun() throws Exception {
        Compatibility verdict = inspect(ImageFixture.of(ProgramFixture.debian("2.36", REVISION)));
        assertFalse(verdict.instrumentable());
        assertEquals(Level.SUPPORTED, verdict.level());
        assertTrue(verdict.toJson().contains("\"entrypoint\":null"), verdict.toJson());
    }

    @Test
    void listsProgramsWithMoreRightsThanTheirCaller() throws Exception {
        byte[] program = ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER);
        TarFixture layer = new TarFixture()
                .file("usr/bin/su", 04755, program)
                .file("usr/bin/wall", 02755, program)
                .pax("SCHILY.xattr.security.capability", "\1")
                .file("usr/bin/ping", 0755, program);
        assertEquals(
                List.of("/usr/bin/ping: file capabilities", "/usr/bin/su: set-user-ID", "/usr/bin/wall: set-group-ID"),
                inspect(debian(layer)).blindSpots());
    }

    @Test
    void refusesOldAndUnknownLibraries() throws Exception {
        Compatibility old =
                inspect(ImageFixture.of(ProgramFixture.debian("2.9", "2.9-1")).entryPoint("app"));
        assertEquals(Level.UNSUPPORTED, old.level());
        assertTrue(reasons(old).contains("glibc 2.9 is older"), old.toJson());
        TarFixture uclibc = new TarFixture()
                .program("app", ProgramFixture.dynamic("/lib/ld-uClibc.so.0"))
                .program("lib/ld-uClibc.so.0", ProgramFixture.staticPie());
        Compatibility other = inspect(ImageFixture.of(uclibc).entryPoint("/app"));
        assertEquals(Level.UNSUPPORTED, other.level());
        assertTrue(reasons(other).contains("neither glibc nor musl"), other.toJson());
    }

    @Test
    void countsNoPackageThatIsRemoved() throws Exception {
        TarFixture removed = new TarFixture()
                .file("var/lib/dpkg/status", "Package: libc6\nStatus: deinstall ok config-files\nVersion: 2.28-10\n");
        assertEquals(Optional.of(REVISION), inspect(debian(removed)).libc().packageVersion(), "from the banner");
    }

    @Test
    void verifiesLayersWhileItReadsThem() throws Exception {
        byte[] tar = ProgramFixture.debian("2.36", REVISION).bytes();
        byte[] stored = ImageFixture.gzip(tar);
        ImageFixture wrongDiffId = new ImageFixture()
                .layer(Digest.of(new byte[1]), Descriptor.of(MediaType.OCI_LAYER_GZIP, stored), stored);
        assertTrue(assertThrows(InvalidImageException.class, () -> inspect(wrongDiffId))
                .getMessage()
                .contains("decompressed"));
        byte[] flipped = stored.clone();
        flipped[flipped.length - 3] ^= 1;
        ImageFixture wrongBytes =
                new ImageFixture().layer(Digest.of(tar), Descriptor.of(MediaType.OCI_LAYER_GZIP, stored), flipped);
        assertThrows(InvalidImageException.class, () -> inspect(wrongBytes));
    }

    @Test
    void takesALayerOfNoBytesForEmpty() throws Exception {
        byte[] nothing = new byte[0];
        ImageFixture fixture = debian();
        fixture.layer(Digest.of(nothing), Descriptor.of(MediaType.OCI_LAYER_GZIP, nothing), nothing);
        assertEquals(Level.SUPPORTED, inspect(fixture).level());
        assertTrue(reasons(inspect(fixture)).contains("has no bytes"));
    }
}
