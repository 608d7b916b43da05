package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageFilesTest {
    private static ImageFixture image() {
        return ImageFixture.of(new TarFixture()
                        .file("etc/passwd", "root")
                        .file("etc/gone", "x")
                        .file("srv/site/old.html", "x")
                        .file("usr/bin/tool", 04755, "#!/bin/sh -e\n".getBytes(StandardCharsets.UTF_8))
                        .link("bin", "usr/bin"))
                .layer(new TarFixture()
                        .file("etc/.wh.gone", "")
                        .file("srv/site/.wh..wh..opq", "")
                        .file("srv/site/new.html", "x")
                        .bytes());
    }

    @Test
    void namesEveryFileTheMergedLayersHave() throws IOException {
        List<String> paths = ImageFiles.readAll(image().image()).paths();

        assertEquals(List.of("/etc/passwd", "/srv/site/new.html", "/usr/bin/tool"), paths);
    }

    @Test
    void keepsProgramsAloneUnlessAllAreAskedFor() throws IOException {
        assertEquals(List.of("/usr/bin/tool"), ImageFiles.read(image().image()).paths());
    }

    @Test
    void tellsTheInterpreterOfAScriptThroughALink() throws IOException {
        ImageFiles files = ImageFiles.readAll(image().image());

        assertEquals(Optional.of("/bin/sh"), files.interpreter("/bin/tool"));
        assertEquals(Optional.empty(), files.interpreter("/etc/passwd"));
        assertEquals(Optional.empty(), files.interpreter("/nothing/here"));
    }

    @Test
    void listsProgramsThatRunWithOtherRights() throws IOException {
        assertEquals(List.of("/usr/bin/tool"), ImageFiles.read(image().image()).privilegedFiles());
    }
}
