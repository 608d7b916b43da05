package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RpmFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Compatibility.Level;
import io.crs.image.inspect.SupportCatalog.TestedPackage;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every tested package in an image of its distribution, and what a search for substrings would have taken for one. */
class TestedImagesTest {
    private static Compatibility inspect(TarFixture layer) throws Exception {
        return new ImageInspector()
                .inspect(ImageFixture.of(layer).entryPoint("/app").image());
    }

    /** An image of the distribution of a row, with a package of some version. */
    private static TarFixture image(TestedPackage row, String packageVersion) {
        String version = row.version().replaceFirst("-.*", "");
        if (row.kind().equals("musl")) {
            return ProgramFixture.alpine(version, packageVersion)
                    .program("app", ProgramFixture.dynamic(ProgramFixture.MUSL_LOADER));
        }
        // The banner names no package, so the database alone decides.
        TarFixture image = glibc(row.os(), version);
        return row.os().equals("debian") || row.os().equals("ubuntu")
                ? image.file("var/lib/dpkg/status", dpkg("libc6", "amd64", packageVersion))
                : image.file("var/lib/rpm/Packages.db", 0644, rpm(packageVersion));
    }

    private static TarFixture glibc(String os, String version) {
        return new TarFixture()
                .program("app", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER))
                .file("etc/os-release", "ID=\"" + os + "\"\r\nVERSION_ID='1'\r\n")
                .program("lib64/ld-linux-x86-64.so.2", ProgramFixture.staticPie())
                .program("lib64/libc.so.6", ProgramFixture.glibc("GNU libc", version));
    }

    private static String dpkg(String name, String architecture, String version) {
        return "Package: " + name + "\nStatus: install ok installed\nArchitecture: " + architecture + "\nVersion: "
                + version + "\n\n";
    }

    private static byte[] rpm(String packageVersion) {
        int dash = Math.max(0, packageVersion.indexOf('-'));
        String release = packageVersion.substring(Math.min(packageVersion.length(), dash + 1));
        return RpmFixture.ndb(
                RpmFixture.header("glibc-common", "9", "9", "x86_64"),
                RpmFixture.header("glibc", packageVersion.substring(0, dash), release, "x86_64"));
    }

    @Test
    void takesEveryRowOfTheTableForTested() throws Exception {
        assertEquals(55, SupportCatalog.bundled().packages().size());
        for (TestedPackage row : SupportCatalog.bundled().packages()) {
            Compatibility verdict = inspect(image(row, row.version()));
            assertEquals(Level.TESTED, verdict.level(), row + " " + verdict.toJson());
            assertEquals(Optional.of(row.version()), verdict.libc().packageVersion());
            assertTrue(verdict.evidence().stream().anyMatch(each -> each.what().equals("package database")));
            verdict.evidence().forEach(each -> assertTrue(each.layer().startsWith("sha256:"), each.toString()));
        }
    }

    @Test
    void takesNothingForTestedThatOnlyContainsARow() throws Exception {
        for (TestedPackage row : SupportCatalog.bundled().packages()) {
            for (String version : new String[] {row.version() + "x", "9" + row.version()}) {
                assertNotEquals(Level.TESTED, inspect(image(row, version)).level(), row + " " + version);
            }
        }
    }

    @Test
    void takesAnEmptyVersionForUnknown() throws Exception {
        TarFixture image = glibc("debian", "2.28").file("var/lib/dpkg/status", dpkg("libc6", "amd64", ""));
        Compatibility verdict = inspect(image);
        assertEquals(Level.SUPPORTED, verdict.level());
        assertEquals(Optional.empty(), verdict.libc().packageVersion());
        // 2.28-1 is no 2.28-10.
        TarFixture shorter = glibc("debian", "2.28").file("var/lib/dpkg/status", dpkg("libc6", "amd64", "2.28-1"));
        assertEquals(Level.SUPPORTED, inspect(shorter).level());
    }

    @Test
    void takesAPackageOfAnotherDistributionForUntested() throws Exception {
        TarFixture image = glibc("ubuntu", "2.28").file("var/lib/dpkg/status", dpkg("libc6", "amd64", "2.28-10"));
        assertEquals(Level.SUPPORTED, inspect(image).level());
    }

    @ParameterizedTest
    @CsvSource({
        "musl-1.2.2-r0.apk, 1.2.2-r0",
        "musl-1.2.2-r0, 1.2.2-r0",
        "glibcVersion:libc6_2.27-3ubuntu1.4, 2.27-3ubuntu1.4",
        "libc6_2.28-10_amd64.deb, 2.28-10",
        "2.28-10, 2.28-10",
        "glibc-2.17-323.el7_9.x86_64, 2.17-323.el7_9",
        "glibc-2.17-323.el7_9.x86_64.rpm, 2.17-323.el7_9",
        "0:2.28-10, 2.28-10"
    })
    void readsEverySpellingOfAPackage(String spelled, String plain) {
        assertEquals(plain, SupportCatalog.plain(spelled));
    }

    @Test
    void namesThePackageOfTheEntryPointsProcessorWhereThereAreTwo() throws Exception {
        TarFixture debian = glibc("debian", "2.28")
                .file(
                        "var/lib/dpkg/status",
                        dpkg("libc6", "i386", "2.28-9")
                                + dpkg("libc6", "amd64", "2.28-10")
                                + dpkg("libc6", "arm64", "2.28-8"));
        assertEquals(Level.TESTED, inspect(debian).level());
        TarFixture centos = glibc("centos", "2.17")
                .file(
                        "var/lib/rpm/Packages.db",
                        0644,
                        RpmFixture.ndb(
                                RpmFixture.header("glibc", "2.17", "1", "i686"),
                                RpmFixture.header("glibc", "2.17", "323.el7_9", "x86_64")));
        assertEquals(Optional.of("2.17-323.el7_9"), inspect(centos).libc().packageVersion());
        TarFixture other = glibc("centos", "2.17")
                .file(
                        "var/lib/rpm/Packages.db",
                        0644,
                        RpmFixture.ndb(RpmFixture.header("glibc", "2.17", "323.el7_9", "i686")));
        assertEquals(Optional.empty(), inspect(other).libc().packageVersion());
    }

    @ParameterizedTest
    @CsvSource({
        "usr/lib/sysimage/rpm/rpmdb.sqlite, rpmdb.sqlite",
        "var/lib/rpm/rpmdb.sqlite, rpmdb.sqlite",
        "usr/share/rpm/rpmdb.sqlite, rpmdb.sqlite",
        "var/lib/rpm/Packages, Packages-little-endian",
        "usr/lib/sysimage/rpm/Packages, Packages-big-endian"
    })
    void readsTheDatabasesOfRpmWhereDistributionsPutThem(String path, String made) throws Exception {
        Compatibility verdict = inspect(glibc("rhel", "2.34").file(path, 0644, RpmFixture.made(made)));
        assertEquals(Optional.of("2.34-60.el9"), verdict.libc().packageVersion(), verdict.toJson());
        assertEquals(Level.SUPPORTED, verdict.level());
        assertTrue(verdict.evidence().stream().anyMatch(each -> each.path().equals("/" + path)));
    }

    @Test
    void saysWhatIsWrongWithADatabaseAndJudgesWithoutIt() throws Exception {
        byte[] damaged = RpmFixture.made("rpmdb.sqlite");
        damaged[100] = 1;
        TarFixture image = glibc("rhel", "2.34").file("var/lib/rpm/rpmdb.sqlite", 0644, damaged);
        Compatibility verdict = inspect(image.file("var/lib/rpm/Packages", "no database"));
        assertEquals(Level.SUPPORTED, verdict.level());
        String reasons = String.join("; ", verdict.reasons());
        assertTrue(reasons.contains("/var/lib/rpm/rpmdb.sqlite cannot be read: SQLite: page 1"), reasons);
        assertTrue(reasons.contains("/var/lib/rpm/Packages cannot be read: rpm:"), reasons);
    }

    @Test
    void doubtsADatabaseWithALogBesideIt() throws Exception {
        TarFixture image =
                glibc("rhel", "2.34").file("var/lib/rpm/rpmdb.sqlite", 0644, RpmFixture.made("rpmdb.sqlite"));
        assertEquals("[]", inspect(image).reasons().toString());
        image.file("var/lib/rpm/rpmdb.sqlite-wal", "");
        assertEquals("[]", inspect(image).reasons().toString());
        image.file("var/lib/rpm/rpmdb.sqlite-wal", "changes");
        assertTrue(inspect(image).reasons().toString().contains("rpmdb.sqlite-wal are not read"));
    }
}
