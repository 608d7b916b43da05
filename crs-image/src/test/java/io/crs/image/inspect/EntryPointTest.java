package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What runs, and on which C library, where it is not the entry point itself that tells. */
class EntryPointTest {
    private static final byte[] DYNAMIC = ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER);
    private static final byte[] STATIC = ProgramFixture.fixed(62, "");
    private static final String GO = "\u00ff Go buildinf:\b\2" + "\0".repeat(16) + "\bgo1.21.5";

    private static TarFixture debian() {
        return ProgramFixture.debian("2.36", "2.36-9")
                .program("sbin/tini", STATIC)
                .program("usr/bin/dumb-init", STATIC)
                .program("usr/local/bin/gosu", ProgramFixture.fixed(62, GO))
                .program("usr/bin/su-exec", DYNAMIC)
                .program("usr/bin/env", DYNAMIC)
                .program("usr/local/bin/docker-entrypoint.sh", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
    }

    private static Compatibility inspect(TarFixture layer, String... words) throws Exception {
        return new ImageInspector()
                .inspect(ImageFixture.of(layer).entryPoint(words).image());
    }

    private static List<String> behind(Compatibility verdict) {
        return verdict.evidence().stream()
                .filter(each -> each.what().startsWith("runs behind "))
                .map(each -> each.what().substring("runs behind ".length()) + " " + each.path())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/sbin/tini -- app -x | tini /usr/bin/app",
                "/sbin/tini -v -p SIGTERM -g /usr/bin/app | tini /usr/bin/app",
                "tini -- docker-entrypoint.sh app | tini /usr/local/bin/docker-entrypoint.sh,"
                        + "docker-entrypoint.sh /usr/bin/app",
                "dumb-init --rewrite 15:3 app | dumb-init /usr/bin/app",
                "gosu 1000:1000 app | gosu /usr/bin/app",
                "su-exec nobody app | su-exec /usr/bin/app",
                "env -i A=b app | env /usr/bin/app",
                "/usr/bin/env -S app -x | env /usr/bin/app",
                "docker-entrypoint.sh app | docker-entrypoint.sh /usr/bin/app",
                "tini | ''",
                "tini -- nothing | ''"
            })
    void namesWhatRunsBehindAWrapper(String words, String expected) throws Exception {
        Compatibility verdict = inspect(debian(), words.strip().split(" ", -1));
        assertEquals(expected, String.join(",", behind(verdict)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec app -x | sh /usr/bin/app",
                "A=b exec /usr/bin/app > x | ''",
                "/usr/bin/app | sh /usr/bin/app",
                "app && su | ''",
                "$APP x | ''",
                "cd /tmp | ''"
            })
    void namesWhatAShellRunsWhereItsTextIsPlain(String text, String expected) throws Exception {
        Compatibility verdict = inspect(debian(), "/bin/sh", "-c", text.strip());
        assertEquals(expected, String.join(",", behind(verdict)));
        assertEquals(Level.SUPPORTED, verdict.level());
    }

    @Test
    void judgesByTheProgramBehindAWrapperThatBecomesIt() throws Exception {
        Compatibility verdict = inspect(debian(), "/sbin/tini", "--", "app");
        assertEquals(Level.SUPPORTED, verdict.level());
        assertEquals("/sbin/tini", verdict.entryPoint().orElseThrow().path());
        assertEquals(Optional.of("static"), verdict.entryPoint().orElseThrow().kind());
        assertEquals(Level.STATIC, inspect(debian(), "/sbin/tini").level());
        Compatibility script = inspect(debian(), "tini", "docker-entrypoint.sh", "gosu", "x", "app");
        assertEquals(Level.SUPPORTED, script.level());
        assertTrue(behind(script).contains("gosu /usr/bin/app"), script.toJson());
        Compatibility given = inspect(debian(), "docker-entrypoint.sh", "gosu");
        assertEquals(List.of("docker-entrypoint.sh /usr/local/bin/gosu"), behind(given));
        assertEquals(Level.SUPPORTED, given.level(), "the script decides, not what it is given");
    }

    @Test
    void namesTheVersionOfGoInTheEvidence() throws Exception {
        TarFixture image = new TarFixture().program("app", ProgramFixture.fixed(62, GO));
        Compatibility verdict = inspect(image, "/app");
        assertEquals(Level.STATIC, verdict.level());
        String layer = ImageFixture.of(image)
                .image()
                .layers()
                .get(0)
                .descriptor()
                .digest()
                .toString();
        assertTrue(verdict.evidence().contains(new Evidence("made by go1.21.5", "/app", layer)), verdict.toJson());
        assertEquals(List.of("/app: statically linked, made by go1.21.5"), verdict.blindSpots());
    }

    @Test
    void tellsGoByItsTableOfFunctionsWhereNothingElseNamesIt() throws Exception {
        String table = "\u00f1\u00ff\u00ff\u00ff\0\0\1\b";
        TarFixture image = new TarFixture()
                .program("app", ProgramFixture.fixed(62, "x".repeat(70_000) + table))
                .program("b", ProgramFixture.fixed(62, table + "go1.26.\0go1.26.5\0"))
                .program("c", ProgramFixture.fixed(62, "go1.26.5\u00f1\u00ff\u00ff\u00ff\0\1\1\b"));
        assertEquals(
                List.of(
                        "/app: statically linked, made by Go",
                        "/b: statically linked, made by go1.26.5",
                        "/c: statically linked"),
                inspect(image, "/app").blindSpots());
    }

    @Test
    void takesMuslUnderTheNameOfGlibcForMusl() throws Exception {
        TarFixture alpine = ProgramFixture.alpine("1.2.2", "1.2.2-r0")
                .program("app", DYNAMIC)
                .link("lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1");
        Compatibility verdict = inspect(alpine, "/app");
        assertEquals("musl", verdict.libc().kind());
        assertEquals(Level.TESTED, verdict.level());
        TarFixture gcompat = ProgramFixture.alpine("1.2.2", "1.2.2-r0")
                .program("app", DYNAMIC)
                .program("lib64/ld-linux-x86-64.so.2", DYNAMIC)
                .file("lib/libgcompat.so.0", "x");
        Compatibility other = inspect(gcompat, "/app");
        assertEquals("musl", other.libc().kind(), other.toJson());
        assertTrue(other.reasons().toString().contains("gcompat"), other.toJson());
    }

    @Test
    void takesGlibcBesideMuslForGlibcAndNamesBoth() throws Exception {
        TarFixture image = ProgramFixture.alpine("1.2.2", "1.2.2-r0")
                .program("app", DYNAMIC)
                .link("lib64/ld-linux-x86-64.so.2", "/usr/glibc-compat/lib/ld-linux-x86-64.so.2")
                .program("usr/glibc-compat/lib/ld-linux-x86-64.so.2", ProgramFixture.staticPie())
                .program("usr/glibc-compat/lib/libc.so.6", ProgramFixture.glibc("GNU libc", "2.35"))
                .file("lib/apk/db/installed", "P:musl\nV:1.2.2-r0\nA:x86_64\n\nP:glibc\nV:2.35-r1\nA:x86_64\n");
        Compatibility verdict = inspect(image, "/app");
        assertEquals("glibc", verdict.libc().kind());
        assertEquals(Optional.of("2.35-r1"), verdict.libc().packageVersion());
        assertTrue(verdict.evidence().stream().anyMatch(each -> each.what().equals("musl is in the image too")));
        assertEquals(List.of("/bin/busybox: runs on musl, not on glibc"), verdict.blindSpots());
        assertEquals("musl", inspect(image, "sh").libc().kind());
    }

    @Test
    void readsWolfiWhoseApkHasGlibc() throws Exception {
        TarFixture wolfi = new TarFixture()
                .link("lib", "usr/lib")
                .link("lib64", "usr/lib")
                .program("usr/bin/app", DYNAMIC)
                .file("etc/os-release", "ID=wolfi\nVERSION_ID=\"20230201\"\n")
                .program("usr/lib/ld-linux-x86-64.so.2", ProgramFixture.staticPie())
                .program("usr/lib/libc.so.6", ProgramFixture.glibc("GNU libc", "2.38"))
                .file("usr/lib/apk/db/installed", "P:glibc\nV:2.38-r5\nA:x86_64\no:glibc\n");
        Compatibility verdict = inspect(wolfi, "app");
        assertEquals("glibc", verdict.libc().kind());
        assertEquals(Optional.of("2.38-r5"), verdict.libc().packageVersion());
        assertEquals(Optional.of("wolfi"), verdict.os().id());
        assertEquals(Level.SUPPORTED, verdict.level());
    }

    @Test
    void listsStaticProgramsAndThoseOfOtherLibrariesAndProcessorsAsBlindSpots() throws Exception {
        TarFixture image = ProgramFixture.debian("2.36", "2.36-9")
                .program("sbin/ldconfig", ProgramFixture.staticPie())
                .program("usr/lib/plugin.so.1", ProgramFixture.staticPie())
                .program("opt/tool", ProgramFixture.dynamic(ProgramFixture.MUSL_LOADER))
                .program("opt/arm", ProgramFixture.elf(183, 3, "/lib/ld-linux-aarch64.so.1", true, ""))
                .file("opt/su", 04755, STATIC);
        assertEquals(
                List.of(
                        "/opt/arm: for another processor, arm64",
                        "/opt/su: set-user-ID",
                        "/opt/su: statically linked",
                        "/opt/tool: runs on musl, not on glibc",
                        "/sbin/ldconfig: statically linked"),
                inspect(image, "app").blindSpots());
    }

    @Test
    void endsTheListOfBlindSpotsWithTheirNumber() throws Exception {
        TarFixture image = new TarFixture();
        for (int i = 0; i < 150; i++) {
            image.program("bin/p" + i, STATIC);
        }
        List<String> spots = inspect(image, "/bin/p1").blindSpots();
        assertEquals(101, spots.size());
        assertEquals("and 50 more", spots.get(100));
    }

    @Test
    void readsFilesOfInterestThroughHardLinksOfOtherNames() throws Exception {
        TarFixture ostree = new TarFixture()
                .program("app", DYNAMIC)
                .program("lib64/ld-linux-x86-64.so.2", ProgramFixture.staticPie())
                .file("objects/1", 0644, ProgramFixture.glibc("GNU libc", "2.34"))
                .file("objects/2", "ID=ostree\nVERSION_ID=1\n")
                .file("objects/3", "Package: libc6\nVersion: 2.34-1\n")
                .hardLink("lib64/libc.so.6", "objects/1")
                .hardLink("etc/os-release", "objects/2")
                .hardLink("var/lib/dpkg/status", "./objects/3");
        Compatibility verdict = inspect(ostree, "/app");
        assertEquals(Optional.of("2.34"), verdict.libc().version(), verdict.toJson());
        assertEquals(Optional.of("2.34-1"), verdict.libc().packageVersion());
        assertEquals(Optional.of("ostree"), verdict.os().id());
        TarFixture replaced = new TarFixture()
                .program("app", DYNAMIC)
                .file("objects/2", "ID=ostree\n")
                .hardLink("etc/os-release", "objects/2")
                .link("etc/os-release", "nothing");
        assertEquals(Optional.empty(), inspect(replaced, "/app").os().id());
    }
}
