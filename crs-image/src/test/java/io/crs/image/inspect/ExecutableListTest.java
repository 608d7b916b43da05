package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.Digest;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutableListTest {
    private static final byte[] OLD = "#!/bin/sh\nold\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "#!/bin/sh\nnewer\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LONG = new byte[200_000];

    private static List<String> lines(ImageFiles files) {
        String text = new String(ExecutableList.of(files).toBytes(), StandardCharsets.ISO_8859_1);
        return List.of(text.split("\n", -1));
    }

    private static String line(byte[] content, String path) {
        return Digest.of(content).hex() + " " + content.length + " " + path;
    }

    @Test
    void listsEveryExecutableOfTheMergedLayersInTheOrderOfTheirBytes() throws IOException {
        ImageFiles files = ImageFiles.readWithDigests(ImageFixture.of(new TarFixture()
                        .file("usr/bin/tool", 0755, OLD)
                        .file("usr/bin/gone", 0755, OLD)
                        .file("usr/bin/text", 0644, OLD)
                        .file("usr/bin/long", 0711, LONG)
                        .hardLink("usr/bin/also", "usr/bin/long")
                        .link("bin", "usr/bin"))
                .layer(new TarFixture()
                        .file("usr/bin/.wh.gone", "")
                        .file("usr/bin/tool", 0755, NEW)
                        .file("opt/tool", 0001, OLD)
                        .bytes())
                .image());

        assertEquals(
                List.of(
                        "crs-executables 1",
                        line(OLD, "/opt/tool"),
                        line(LONG, "/usr/bin/also"),
                        line(LONG, "/usr/bin/long"),
                        line(NEW, "/usr/bin/tool"),
                        ""),
                lines(files));
        assertEquals(4, ExecutableList.of(files).size());
    }

    @Test
    void writesPathsOfAnyBytes() throws IOException {
        ImageFiles files = ImageFiles.readWithDigests(ImageFixture.of(new TarFixture()
                        .file("a\nb", 0755, OLD)
                        .file("a\\b", 0755, OLD)
                        .file("\u00ff", 0755, OLD))
                .image());

        assertEquals(
                List.of("crs-executables 1", line(OLD, "/a\\\\b"), line(OLD, "/a\\nb"), line(OLD, "/\u00ff"), ""),
                lines(files));
    }

    @Test
    void isEmptyWhereNothingWasDigested() throws IOException {
        ImageFiles files = ImageFiles.read(
                ImageFixture.of(new TarFixture().file("tool", 0755, OLD)).image());

        assertEquals(List.of("crs-executables 1", ""), lines(files));
    }
}
