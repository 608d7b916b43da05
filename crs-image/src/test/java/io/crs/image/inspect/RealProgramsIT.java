package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.Compatibility.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of programs that real compilers made. */
class RealProgramsIT {
    @TempDir
    Path folder;

    private Path compiled(String name, String... command) throws Exception {
        Files.writeString(folder.resolve("x.c"), "int main(void) { return 0; }\n");
        ExternalTool.run(
                folder,
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(command), java.util.stream.Stream.of("-o", name, "x.c"))
                        .toArray(String[]::new));
        return folder.resolve(name);
    }

    private static Compatibility inspect(TarFixture layer, Path program) throws Exception {
        return new ImageInspector()
                .inspect(ImageFixture.of(layer.program("app", Files.readAllBytes(program)))
                        .entryPoint("/app")
                        .image());
    }

    @Test
    void tellsStaticAndStaticPositionIndependentPrograms() throws Exception {
        Compatibility fixed = inspect(new TarFixture(), compiled("static", "gcc", "-static"));
        assertEquals(Level.STATIC, fixed.level(), fixed.toJson());
        Compatibility pie = inspect(new TarFixture(), compiled("static-pie", "gcc", "-static-pie"));
        assertEquals(Level.STATIC, pie.level(), pie.toJson());
        assertTrue(pie.reasons().toString().contains("position-independent"), pie.toJson());
        assertEquals(List.of("/app: statically linked"), pie.blindSpots());
    }

    @Test
    void tellsMuslByItsOwnLibrary() throws Exception {
        Path loader = Path.of("/lib/ld-musl-x86_64.so.1").toRealPath();
        TarFixture layer = new TarFixture().program("lib/ld-musl-x86_64.so.1", Files.readAllBytes(loader));
        Compatibility verdict = inspect(layer, compiled("musl", "musl-gcc"));
        assertEquals(Level.SUPPORTED, verdict.level(), verdict.toJson());
        String installed = ExternalTool.run(folder, "dpkg-query", "-W", "-f", "${Version}", "musl");
        assertTrue(
                installed.startsWith(verdict.libc().version().orElse("unknown") + "-"), installed + verdict.toJson());
    }

    @Test
    void tellsTheVersionOfGo() throws Exception {
        Path umoci = Path.of("/usr/bin/umoci");
        Compatibility verdict = inspect(new TarFixture(), umoci);
        String what = verdict.evidence().stream()
                .map(Evidence::what)
                .filter(each -> each.startsWith("made by "))
                .findFirst()
                .orElse("nothing");
        assertTrue(what.matches("made by go1\\.[0-9]+.*"), verdict.toJson());
        String named =
                ExternalTool.run(folder, "sh", "-c", "grep -a -o -m 1 'go1[.][0-9][0-9.]*' " + umoci + " | sort -u");
        assertTrue(named.lines().anyMatch(what.substring("made by ".length())::equals), what + " in " + named);
    }
}
