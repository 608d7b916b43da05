package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.Platform;
import io.crs.image.Blob;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.Layer;
import io.crs.image.MediaType;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.format.TarAttributes;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import io.crs.image.inspect.FactCache;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreloadFileTest {
    private static final String OBJECT = "/.crs/libcrs.so";

    private final List<Warning> warnings = new ArrayList<>();

    /** An entry of a layer with all there is to it. */
    private record Entry(TarEntry header, TarAttributes attributes, String content) {}

    static AgentBundle agent(String platform) {
        return AgentBundle.of(
                Platform.parse(platform),
                "1.2.3",
                List.of(
                        new AgentFile("init", 0755, InstrumenterTest.INIT),
                        new AgentFile("libcrs.so", 0444, InstrumenterTest.INIT)));
    }

    private InstrumenterBuilder builder() {
        return Instrumenter.builder()
                .agent(agent("linux/amd64"))
                .table(InstrumenterTest.TABLE)
                .onWarning(warnings::add)
                .preloadFile(true);
    }

    private static ImageFixture debian(TarFixture... layers) {
        ImageFixture image = InstrumenterTest.debian();
        for (TarFixture layer : layers) {
            image.layer(layer.bytes());
        }
        return image;
    }

    private static TarFixture list(String content) {
        return new TarFixture().file("etc/ld.so.preload", 0600, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Map<String, Entry> entries(Image image) throws Exception {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (InputStream in = image.layers().get(image.layers().size() - 1).tar()) {
            TarReader tar = new TarReader(in, 100);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                String content = new String(tar.content().readAllBytes(), StandardCharsets.ISO_8859_1);
                entries.put(entry.name(), new Entry(entry, tar.attributes(), content));
            }
        }
        return entries;
    }

    private static Entry entry(Image image, String name) throws Exception {
        Entry entry = entries(image).get(name);
        assertNotNull(entry, name);
        return entry;
    }

    private String content(ImageFixture image) throws Exception {
        String content = entry(builder().build().instrument(image.image()), "etc/ld.so.preload")
                .content();
        assertEquals(List.of(), warnings);
        return content;
    }

    @Test
    void namesTheObjectBehindWhatTheImagePreloads() throws Exception {
        assertEquals(OBJECT + "\n", content(debian()));
        assertEquals(OBJECT + "\n", content(debian(list(""))));
        assertEquals("/lib/a.so\n" + OBJECT + "\n", content(debian(list("/lib/a.so"))));
        assertEquals("/lib/a.so:b.so\n\n" + OBJECT + "\n", content(debian(list("/lib/a.so:b.so\n\n"))));
        assertEquals(" \u00ff\r # no newline\n" + OBJECT + "\n", content(debian(list(" \u00ff\r # no newline"))));
        assertEquals("/lib/.crs/libcrs.so\n" + OBJECT + "\n", content(debian(list("/lib/.crs/libcrs.so"))));
        assertEquals("#" + OBJECT + "\n" + OBJECT + "\n", content(debian(list("#" + OBJECT))), "in a comment");
        assertEquals(
                OBJECT + "\n", content(debian(list("/lib/a.so"), new TarFixture().file("etc/.wh.ld.so.preload", ""))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {OBJECT, "a.so:" + OBJECT, "\t" + OBJECT + " b.so", "# x\n" + OBJECT + "# y", OBJECT + "\n#"})
    void keepsAListThatNamesTheObject(String list) throws Exception {
        assertEquals(list, content(debian(list(list))));
    }

    @Test
    void putsNothingBesideTheFolderButTheFileAndItsFolder() throws Exception {
        Image with = builder().build().instrument(debian(list("a.so")).image());
        Image without = builder()
                .preloadFile(false)
                .build()
                .instrument(debian(list("a.so")).image());
        List<String> names = new ArrayList<>(entries(without).keySet());
        assertFalse(names.stream().anyMatch(name -> name.startsWith("etc")), names.toString());
        names.addAll(List.of("etc/", "etc/ld.so.preload"));
        assertEquals(names, List.copyOf(entries(with).keySet()));
        Entry file = entry(with, "etc/ld.so.preload");
        assertEquals(0644, file.header().mode());
        assertEquals(TarAttributes.PLAIN, file.attributes());
        for (Image each : List.of(with, without)) {
            Json config = Json.parse(each.config(), "config").get("config").orElseThrow();
            assertEquals(
                    "[\"LD_PRELOAD=" + OBJECT + "\"]",
                    config.get("Env").orElseThrow().toString());
        }
    }

    @Test
    void keepsTheAttributesOfTheFolder() throws Exception {
        TarFixture folder = new TarFixture()
                .pax(
                        "SCHILY.xattr.user.words",
                        "a=\n\u00ff",
                        "SCHILY.xattr.trusted.overlay.opaque",
                        "y",
                        "mtime",
                        "1714557600.125")
                .owner(3_000)
                .folder("etc", 02711);
        Entry entry = entry(builder().build().instrument(debian(folder).image()), "etc/");
        assertEquals(02711, entry.header().mode());
        assertEquals(
                new TarAttributes(
                        3_000,
                        3_000,
                        Instant.ofEpochSecond(1714557600, 125_000_000),
                        new TreeMap<>(Map.of("user.words", "a=\n\u00ff"))),
                entry.attributes(),
                "but for what would hide the folder below");
    }

    @Test
    void makesAFolderThatIsNotThere() throws Exception {
        Image image = builder()
                .build()
                .instrument(debian(new TarFixture().file(".wh.etc", "")).image());
        assertEquals(0755, entry(image, "etc/").header().mode());
        assertEquals(TarAttributes.PLAIN, entry(image, "etc/").attributes());
    }

    private void assertKept(String why, ImageFixture image) throws Exception {
        assertKept(why, builder().build(), image);
    }

    private void assertKept(String why, Instrumenter instrumenter, ImageFixture image) throws Exception {
        warnings.clear();
        Image made = instrumenter.instrument(image.image());
        assertFalse(entries(made).containsKey("etc/ld.so.preload"), why);
        assertFalse(entries(made).containsKey("etc/"), why);
        assertEquals(
                List.of(new Warning("preload-file-kept", "/etc/ld.so.preload is left as it is: " + why)), warnings);
    }

    @Test
    void leavesTheFileOfAnImageWithoutGlibc() throws Exception {
        assertKept(
                "only glibc obeys it, the image has musl",
                ImageFixture.of(ProgramFixture.alpine("1.2.3", "1.2.3-r0")).entryPoint("/bin/sh"));
        assertKept(
                "only glibc obeys it, the image has no C library",
                ImageFixture.of(new TarFixture().program("app", ProgramFixture.fixed(ProgramFixture.AMD64, "")))
                        .entryPoint("/app"));
    }

    @Test
    void leavesTheFileWithoutAnObjectToName() throws Exception {
        assertKept(
                "the agent has no libcrs.so",
                InstrumenterTest.builder()
                        .preloadFile(true)
                        .onWarning(warnings::add)
                        .build(),
                debian());
    }

    @Test
    void leavesTheFileWhereItIsNoFileInAFolder() throws Exception {
        assertKept("it is a link", debian(new TarFixture().link("etc/ld.so.preload", "/dev/null")));
        assertKept("it is a folder", debian(new TarFixture().folder("etc/ld.so.preload", 0755)));
        assertKept("it could not be read: it is longer than 65536 bytes", debian(list("x".repeat(70_000))));
        assertKept("it holds a NUL", debian(list("a.so\0")));
        assertKept(
                "/etc is a link",
                debian(new TarFixture()
                        .file(".wh.etc", "")
                        .folder("usr/etc", 0755)
                        .link("etc", "usr/etc")));
    }

    @Test
    void leavesTheFileWhereProgramsOfAnotherKindWouldComplain() throws Exception {
        TarFixture i386 = new TarFixture()
                .program("usr/lib/i386-linux-gnu/ld-2.36.so", ProgramFixture.staticPie())
                .link("usr/lib/ld-linux.so.2", "i386-linux-gnu/ld-2.36.so");
        assertKept(
                "programs started by /lib/ld-linux.so.2 would complain of the agent's object at each start",
                debian(i386));
        assertKept(
                "programs started by /libx32/ld-linux-x32.so.2 would complain of the agent's object at each start",
                debian(new TarFixture().program("libx32/ld-linux-x32.so.2", ProgramFixture.staticPie())));
        assertKept(
                "programs started by /lib/ld-linux-aarch64.so.1 would complain of the agent's object at each start",
                debian(new TarFixture().program("lib/ld-linux-aarch64.so.1", ProgramFixture.staticPie())));
        warnings.clear();
        content(debian(new TarFixture().link("usr/lib/ld-linux.so.2", "i386-linux-gnu/gone.so")));
    }

    @Test
    void leavesTheFileUnderAVolume() throws Exception {
        for (String volume : List.of("/etc", "//etc/", "/etc/ld.so.preload", "/usr/../etc")) {
            assertKept(
                    "the volume " + volume + " would cover it",
                    debian().config("Volumes", Json.object().with(volume, Json.object())));
        }
        warnings.clear();
        content(debian().config("Volumes", Json.object().with("/etc/ssl", Json.object())));
    }

    @Test
    void givesTheSameDigestWithAndWithoutACache(@TempDir Path folder) throws Exception {
        ImageFixture image = debian(
                new TarFixture()
                        .pax("SCHILY.xattr.user.x", "1", "mtime", "9.5")
                        .owner(2)
                        .folder("etc", 0711),
                list("/lib/\u00e9.so"));
        Digest plain = builder().build().instrument(image.image()).digest();
        FactCache cache = FactCache.folder(folder.resolve("facts"), 1 << 24);
        for (String state : List.of("cold", "warm")) {
            assertEquals(
                    plain,
                    builder().cache(cache).build().instrument(image.image()).digest(),
                    state);
        }
        assertNotEquals(
                plain,
                builder().preloadFile(false).build().instrument(image.image()).digest());
    }

    @Test
    void givesTheOriginalBack() throws Exception {
        Image original = debian(list("a.so")).image();
        Image made = builder().build().instrument(original);
        assertArrayEquals(original.bytes(), Instrumenter.restore(made).bytes());
        assertEquals(made.digest(), builder().build().instrument(made).digest(), "again");
        assertEquals(
                builder().preloadFile(false).build().instrument(original).digest(),
                builder().preloadFile(false).build().instrument(made).digest(),
                "again, without");
    }

    @Test
    void mergesWithWhatAnImageBelowWasGiven() throws Exception {
        Image below = builder().build().instrument(debian(list("a.so")).image());
        byte[] tar = new TarFixture().file("srv/data", "x").bytes();
        Image built = below.append(
                new Layer(Blob.of(MediaType.OCI_LAYER_GZIP, ImageFixture.gzip(tar)), Digest.of(tar)), "build");
        Image again = builder().table(new byte[] {1}).build().instrument(built);
        assertEquals("a.so\n" + OBJECT + "\n", entry(again, "etc/ld.so.preload").content());
        assertTrue(warnings.isEmpty(), warnings.toString());
        assertEquals(built.digest(), Instrumenter.restore(again).digest());
    }
}
