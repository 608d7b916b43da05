package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PreloadListTest {
    private static final PreloadList.Folder PLAIN = new PreloadList.Folder(0755, 0, 0, Instant.EPOCH, new TreeMap<>());

    private static PreloadList of(TarFixture... layers) throws IOException {
        return ImageFiles.read(ImageFixture.of(layers).image()).preloadList();
    }

    private static PreloadList content(String content) {
        return new PreloadList.Known(PLAIN, content);
    }

    private static PreloadList odd(String why) {
        return new PreloadList.Odd(why);
    }

    private static TarFixture lower() {
        return new TarFixture().folder("etc", 0755).file("etc/ld.so.preload", "lower\u00e9 # kept\n");
    }

    @Test
    void isWhatTheTopmostLayerSays() throws IOException {
        assertEquals(content("lower\u00c3\u00a9 # kept\n"), of(lower()));
        assertEquals(content("upper"), of(lower(), new TarFixture().file("./etc//ld.so.preload", "upper")));
        assertEquals(content(""), of(lower(), new TarFixture().file("etc/.wh.ld.so.preload", "")));
        assertEquals(content(""), of(lower(), new TarFixture().file("etc/.wh..wh..opq", "")));
        assertEquals(
                content(""), of(lower(), new TarFixture().file(".wh.etc", "").file("etc/hosts", "")));
        assertEquals(content(""), of(new TarFixture().file("a", "")));
    }

    @Test
    void hasTheFoldersLastAttributes() throws IOException {
        TarFixture attributes = new TarFixture()
                .pax("SCHILY.xattr.user.words", "kept", "mtime", "1714557600.25")
                .owner(5)
                .folder("etc", 02750);
        PreloadList.Folder folder = new PreloadList.Folder(
                02750,
                5,
                5,
                Instant.ofEpochSecond(1714557600, 250_000_000),
                new TreeMap<>(Map.of("user.words", "kept")));
        PreloadList last = new PreloadList.Known(folder, "lower\u00c3\u00a9 # kept\n");

        assertEquals(last, of(lower(), attributes));
        assertEquals(
                last, of(lower(), attributes, new TarFixture().file("etc/hosts", "")), "an entry within says none");
        assertEquals(
                new PreloadList.Known(PLAIN, ""),
                of(lower(), attributes, new TarFixture().file(".wh.etc", ""), new TarFixture().file("etc/hosts", "")));
        assertEquals(new PreloadList.Known(PLAIN, "x"), of(attributes, lower().file("etc/ld.so.preload", "x")));
    }

    @Test
    void isReadThroughAHardLink() throws IOException {
        assertEquals(
                content("linked"),
                of(new TarFixture().file("usr/list", "linked").hardLink("etc/ld.so.preload", "usr/list")));
        assertEquals(
                content("#!/bin/sh"),
                of(new TarFixture()
                        .program("usr/list", "#!/bin/sh".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .hardLink("etc/ld.so.preload", "usr/list")));
        assertEquals(
                odd("it could not be read"),
                of(new TarFixture().file("usr/list", "x"), new TarFixture().hardLink("etc/ld.so.preload", "usr/list")));
    }

    @Test
    void saysWhatIsOddOfTheFile() throws IOException {
        String path = "etc/ld.so.preload";
        assertEquals(odd("it is a link"), of(lower(), new TarFixture().link(path, "/usr/list")));
        assertEquals(odd("it is a folder"), of(lower(), new TarFixture().folder(path, 0755)));
        assertEquals(odd("it could not be read"), of(lower(), new TarFixture().header(path, '6', 0644, 0, "")));
        assertEquals(
                odd("it could not be read"),
                of(new TarFixture().pax("GNU.sparse.major", "1").file(path, "")),
                "with holes");
        assertEquals(
                odd("it could not be read"),
                of(new TarFixture().folder("etc", 0755).link("other", "etc").file("other/ld.so.preload", "x")),
                "by another name");
        assertEquals(content("x".repeat(65536)), of(new TarFixture().file(path, "x".repeat(65536))));
        assertEquals(
                odd("it could not be read: it is longer than 65536 bytes"),
                of(new TarFixture().file(path, "x".repeat(65537))));
    }

    @Test
    void saysWhatIsOddOfTheFolder() throws IOException {
        assertEquals(
                odd("/etc is a link"),
                of(new TarFixture().folder("usr/etc", 0755).link("etc", "usr/etc")));
        assertEquals(odd("/etc is a file"), of(lower(), new TarFixture().file("etc", "")));
        assertEquals(
                odd("the attributes of /etc could not be read: there are too many"),
                of(new TarFixture()
                        .pax("SCHILY.xattr.user.x", "x".repeat(200_000))
                        .folder("etc", 0755)));
        assertEquals(
                odd("the attributes of /etc could not be read: tar: the PAX time of an entry is no number"),
                of(new TarFixture().pax("mtime", "soon").folder("etc", 0755)));
    }
}
