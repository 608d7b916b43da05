package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.PodmanStore;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.location.ImageLocation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others make of awkward images is the same with the agent and without, apart from the agent's own folder; and what is
 * taken for the files of an image are those.
 */
class MountedImagesIT {
    @TempDir
    Path folder;

    private final List<Image> images = new ArrayList<>();
    /** Each image before and after, as podman names it, and the name of the agent's folder in it. */
    private final List<String> names = new ArrayList<>();

    private final List<String> agents = new ArrayList<>();

    /** Links and closed folders in the root, which is no usual folder itself; owners, attributes, links. */
    private static ImageFixture odd() {
        TarFixture more = new TarFixture()
                .folder(".", 0711)
                .owner(5)
                .folder("opt", 0700)
                .file("opt/secret", 0600, new byte[] {1})
                .owner(0)
                .file("usr/bin/set-user", 04755, new byte[] {2})
                .header("usr/bin/other-name", '1', 04755, 0, "usr/bin/set-user")
                .pax("SCHILY.xattr.user.words", "kept")
                .file("usr/share/attributes", "a")
                .folder("srv", 03775)
                .link("srv/out", "../../../etc/os-release")
                .link("srv/nowhere", "/no/such/file")
                .header("srv/fifo", '6', 0640, 0, "");
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"), more)
                .entryPoint("/usr/bin/app");
    }

    /** The name of the agent's folder is taken. */
    private static ImageFixture taken() {
        return ImageFixture.of(
                        ProgramFixture.alpine("1.2.3", "1.2.3-r0"),
                        new TarFixture().owner(7).folder(".crs", 0750).file(".crs/init", "another"))
                .entryPoint("/bin/sh");
    }

    /** Layers that take away, hide and replace what lies below. */
    private static ImageFixture removed() {
        TarFixture lower = new TarFixture()
                .folder("data", 0755)
                .file("data/removed", "1")
                .file("data/stays", "2")
                .folder("hidden", 0700)
                .file("hidden/below", "3")
                .folder("hidden/deep", 0755)
                .file("hidden/deep/below", "4")
                .file("gone/sub/file", "5")
                .folder("folder-to-file", 0755)
                .file("folder-to-file/below", "6")
                .file("file-to-folder", "7")
                .file("link-to-file", "8");
        TarFixture upper = new TarFixture()
                .file("data/.wh.removed", "")
                .owner(9)
                .folder("data", 0711)
                .folder("hidden", 0755)
                .file("hidden/.wh..wh..opq", "")
                .file("hidden/above", "9")
                .file(".wh.gone", "")
                .file("folder-to-file", "10")
                .folder("file-to-folder", 0700)
                .file("file-to-folder/above", "11")
                .file(".wh.link-to-file", "")
                .link("linked", "data/stays");
        TarFixture top = new TarFixture().file("gone/again", "12").file("hidden/deep/above", "13");
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"), lower, upper, top)
                .entryPoint("/usr/bin/app");
    }

    /** A list of what is preloaded, in a folder like no other, which is written to once more on top. */
    private static ImageFixture listed() {
        TarFixture folder = new TarFixture()
                .pax("SCHILY.xattr.user.words", "kept", "mtime", "1714557600.5")
                .owner(5)
                .folder("etc", 02751)
                .owner(7)
                .file("etc/ld.so.preload", 0600, "a.so".getBytes(StandardCharsets.UTF_8))
                .file("etc/other", "1");
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"), folder)
                .entryPoint("/usr/bin/app");
    }

    @BeforeEach
    void instrument() throws Exception {
        Instrumenter instrumenter = InstrumenterTest.builder().build();
        for (ImageFixture fixture : List.of(odd(), taken(), removed())) {
            String tag = "image" + images.size();
            Image before = fixture.image();
            Image after = instrumenter.instrument(before);
            ImageLocation.parse("oci:" + folder + "/layout:" + tag).write(before);
            ImageLocation.parse("oci:" + folder + "/layout:" + tag + "-layered").write(after);
            names.addAll(List.of("layout:" + tag, "layout:" + tag + "-layered"));
            images.add(before);
            agents.add(WrappedImage.folder(before, ImageFiles.read(before)).substring(1));
        }
    }

    /** Writes an image with a list and the same one instrumented, and returns the names. */
    private List<String> writeListed() throws Exception {
        Image before = listed().image();
        Image after = Instrumenter.builder()
                .agent(PreloadFileTest.agent("linux/amd64"))
                .preloadFile(true)
                .build()
                .instrument(before);
        ImageLocation.parse("oci:" + folder + "/layout:listed").write(before);
        ImageLocation.parse("oci:" + folder + "/layout:listed-layered").write(after);
        return List.of("layout:listed", "layout:listed-layered");
    }

    private static void assertOnlyTheListDiffers(Path before, Path after) throws Exception {
        String list = "/etc/ld.so.preload";
        SortedMap<String, String> plain = TreeListing.of(before, ".crs");
        SortedMap<String, String> made = TreeListing.of(after, ".crs");
        assertStarts("42751 5:5 {words=kept}", plain.get("/etc"));
        assertStarts("100600 7:7", plain.remove(list));
        byte[] merged = "a.so\n/.crs/libcrs.so\n".getBytes(StandardCharsets.UTF_8);
        assertStarts("100644 0:0 links 1 " + Digest.of(merged), made.remove(list));
        assertEquals(String.join("\n", lines(plain)), String.join("\n", lines(made)));
        assertEquals(Files.getLastModifiedTime(before.resolve("etc")), Files.getLastModifiedTime(after.resolve("etc")));
    }

    /** Compares each pair of trees, and returns the listings of those without the agent. */
    private List<SortedMap<String, String>> compare(List<Path> roots) throws Exception {
        List<SortedMap<String, String>> plain = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Path before = roots.get(2 * i);
            Path after = roots.get(2 * i + 1);
            String agent = agents.get(i);
            assertTrue(Files.notExists(before.resolve(agent)), agent);
            assertTrue(Files.isExecutable(after.resolve(agent).resolve("init")), agent);
            SortedMap<String, String> listing = TreeListing.of(before, agent);
            assertEquals(String.join("\n", lines(listing)), String.join("\n", lines(TreeListing.of(after, agent))));
            plain.add(listing);
        }
        return plain;
    }

    private static List<String> lines(SortedMap<String, String> listing) {
        return listing.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }

    /** What the test is about is there at all. */
    private static void assertAwkward(List<SortedMap<String, String>> plain) {
        assertStarts("120777 0:0 to usr/lib", plain.get(0).get("/lib"));
        assertStarts("40700 5:5", plain.get(0).get("/opt"));
        assertStarts("104755 0:0 links 2", plain.get(0).get("/usr/bin/set-user"));
        assertStarts("40750 7:7", plain.get(1).get("/.crs"));
        assertStarts("40711 9:9", plain.get(2).get("/data"));
    }

    private static void assertStarts(String expected, String line) {
        assertTrue(line.startsWith(expected), line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "vfs"})
    void podmanMountsTheSameTreeWithTheAgentBesideIt(String driver) throws Exception {
        try (PodmanStore podman = new PodmanStore(driver)) {
            List<Path> roots = podman.mount(
                    names.stream().map(name -> "oci:" + folder + "/" + name).toList());
            List<SortedMap<String, String>> plain = compare(roots);
            assertAwkward(plain);
            assertTrue(plain.get(0).get("/usr/share/attributes").contains("{words=kept}"), plain.toString());
            for (int i = 0; i < images.size(); i++) {
                assertEquals(
                        TreeListing.files(plain.get(i)),
                        ImageFiles.readAll(images.get(i)).paths(),
                        names.get(2 * i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "vfs"})
    void podmanMountsTheSameTreeButForTheListOfWhatIsPreloaded(String driver) throws Exception {
        List<String> both = writeListed();
        try (PodmanStore podman = new PodmanStore(driver)) {
            List<Path> roots = podman.mount(
                    both.stream().map(name -> "oci:" + folder + "/" + name).toList());
            assertOnlyTheListDiffers(roots.get(0), roots.get(1));
        }
    }

    @Test
    void umociUnpacksTheSameTreeButForTheListOfWhatIsPreloaded() throws Exception {
        for (String name : writeListed()) {
            ExternalTool.run(folder, "umoci", "unpack", "--image", name, name.replace(':', '-'));
        }
        assertOnlyTheListDiffers(
                folder.resolve("layout-listed/rootfs"), folder.resolve("layout-listed-layered/rootfs"));
    }

    @Test
    void umociUnpacksTheSameTreeWithTheAgentBesideIt() throws Exception {
        List<Path> roots = new ArrayList<>();
        for (String name : names) {
            String bundle = "bundle" + roots.size();
            ExternalTool.run(folder, "umoci", "unpack", "--image", name, bundle);
            roots.add(folder.resolve(bundle).resolve("rootfs"));
        }
        List<SortedMap<String, String>> plain = compare(roots);
        assertAwkward(plain);
        // Podman gives the root a mode of its own.
        assertStarts("40711 0:0", plain.get(0).get("/"));
    }
}
