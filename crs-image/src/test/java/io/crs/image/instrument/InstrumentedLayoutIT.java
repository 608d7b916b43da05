package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Image;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.location.ImageLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What umoci and skopeo make of instrumented images: they check every digest and unpack as runtimes do. */
class InstrumentedLayoutIT {
    @TempDir
    Path folder;

    private static ImageFixture fixture() {
        return InstrumenterTest.debian()
                .layer(new TarFixture()
                        .file("usr/share/a", "a")
                        .file("usr/share/.wh.b", "")
                        .bytes());
    }

    private Image instrumented(ImageFixture fixture, String location) throws Exception {
        ImageLocation target = ImageLocation.parse(location);
        ImageLocation.parse("oci:" + folder + "/layout:app").write(fixture.image());
        Image source = ImageLocation.parse("oci:" + folder + "/layout:app").read();
        Image image = InstrumenterTest.builder().build().instrument(source);
        target.write(image);
        return image;
    }

    @Test
    void umociUnpacksTheAgentBesideTheUntouchedImage() throws Exception {
        instrumented(fixture(), "oci:" + folder + "/layout:app-layered");
        ExternalTool.run(folder, "umoci", "unpack", "--rootless", "--image", folder + "/layout:app-layered", "bundle");
        Path root = folder.resolve("bundle/rootfs");
        assertArrayEquals(InstrumenterTest.INIT, Files.readAllBytes(root.resolve(".crs/init")));
        assertEquals("rwxr-xr-x", mode(root.resolve(".crs/init")));
        assertEquals("rwxr-xr-x", mode(root.resolve(".crs")));
        assertEquals("rwx------", mode(root.resolve("opt")));
        assertTrue(Files.isSymbolicLink(root.resolve("lib")), "/lib is still a link");
        assertTrue(Files.exists(root.resolve("lib/x86_64-linux-gnu/libc.so.6"), LinkOption.NOFOLLOW_LINKS));
        String runtime = Files.readString(folder.resolve("bundle/config.json"));
        assertTrue(
                runtime.replaceAll("\\s", "")
                        .contains("\"args\":[\"/.crs/init\",\"--\",\"/usr/bin/app\",\"-x\",\"y\"]"),
                runtime);
    }

    @Test
    void skopeoCopiesTheLayoutIntoAnArchiveThatIsReadAgain() throws Exception {
        Image image = instrumented(fixture(), "oci:" + folder + "/layout:app-layered");
        ExternalTool.run(
                folder, "skopeo", "copy", "oci:layout:app-layered", "docker-archive:" + folder + "/copy.tar:app:1");
        Image copied = ImageLocation.parse("docker-archive:" + folder + "/copy.tar:app:1")
                .read();
        assertEquals(
                image.layers().stream().map(layer -> layer.diffId()).toList(),
                copied.layers().stream().map(layer -> layer.diffId()).toList());
        // Decompressed on the way, and still known: the same configuration comes back.
        assertArrayEquals(
                fixture().image().config(), Instrumenter.restore(copied).config());
    }

    @Test
    void skopeoReadsTheArchiveWrittenHere() throws Exception {
        Image image = instrumented(fixture().docker(), "docker-archive:" + folder + "/out.tar:app:1-layered");
        ExternalTool.run(
                folder, "skopeo", "copy", "docker-archive:" + folder + "/out.tar:app:1-layered", "oci:again:x");
        Image again = ImageLocation.parse("oci:" + folder + "/again:x").read();
        assertEquals(
                image.layers().stream().map(layer -> layer.diffId()).toList(),
                again.layers().stream().map(layer -> layer.diffId()).toList());
        String inspected = ExternalTool.run(folder, "skopeo", "inspect", "--config", "docker-archive:out.tar");
        assertTrue(inspected.contains("/.crs/init"), inspected);
    }

    @Test
    void instrumentsARootFileSystemWithTheHostsOwnLibrary() throws Exception {
        Path libc = hostLibc();
        ImageFixture host = ImageFixture.of(new TarFixture()
                        .program("bin/cat", Files.readAllBytes(Path.of("/bin/cat")))
                        .program("lib/x86_64-linux-gnu/libc.so.6", Files.readAllBytes(libc))
                        .program(
                                ProgramFixture.GLIBC_LOADER.substring(1),
                                Files.readAllBytes(Path.of(ProgramFixture.GLIBC_LOADER))))
                .entryPoint("cat");
        var verdict = InstrumenterTest.builder().build().check(host.image());
        String version =
                ExternalTool.run(folder, "ldd", "--version").lines().findFirst().orElseThrow();
        assertTrue(
                version.endsWith(" " + verdict.libc().version().orElse("unknown")), version + " " + verdict.toJson());
        assertTrue(verdict.instrumentable(), verdict.toJson());
        instrumented(host, "oci:" + folder + "/layout:app-layered");
        ExternalTool.run(folder, "umoci", "unpack", "--rootless", "--image", folder + "/layout:app-layered", "bundle");
        Path cat = folder.resolve("bundle/rootfs/bin/cat");
        assertArrayEquals(Files.readAllBytes(Path.of("/bin/cat")), Files.readAllBytes(cat));
    }

    private static Path hostLibc() throws IOException {
        return Path.of("/lib/x86_64-linux-gnu/libc.so.6").toRealPath();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
