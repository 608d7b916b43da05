package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.FileAccess;
import io.crs.image.InvalidImageException;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.ImageInspector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The check of single files, where the place they come from is in memory, and hostile. */
class SampledCheckTest {
    private final Places places = new Places();

    private Optional<Compatibility> check() throws IOException {
        return new SampledCheck(places, (image, files) -> new ImageInspector().inspect(image, files)).check();
    }

    /** Files by path; what is not there and goes on below is a folder. */
    private static final class Places implements FileAccess {
        private final Map<String, byte[]> contents = new TreeMap<>();
        private final Map<String, Status> statuses = new TreeMap<>();
        private final Set<String> read = new HashSet<>();
        private String config = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Entrypoint\":[\"/app\"]}}";
        private int layers = 1;

        void file(String path, byte[] content) {
            contents.put(path, content);
            statuses.put(path, new Status(Kind.FILE, 0755, ""));
        }

        void link(String path, String target) {
            statuses.put(path, new Status(Kind.SYMBOLIC_LINK, 0777, target));
        }

        @Override
        public String id() {
            return "sha256:id";
        }

        @Override
        public byte[] config() {
            return config.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int layers() {
            return layers;
        }

        @Override
        public Optional<Status> status(String path) {
            boolean isFolder = statuses.keySet().stream().anyMatch(each -> each.startsWith(path + "/"));
            return isFolder
                    ? Optional.of(new Status(Kind.DIRECTORY, 0755, ""))
                    : Optional.ofNullable(statuses.get(path));
        }

        @Override
        public InputStream archive(String path) {
            read.add(path);
            String name = path.substring(path.lastIndexOf('/') + 1);
            byte[] content = contents.get(path);
            TarFixture tar = content.length < 100 && new String(content, StandardCharsets.UTF_8).equals("broken")
                    ? new TarFixture().header(name, '0', 0755, 9000, "")
                    : new TarFixture().file(name, 0755, content);
            return new ByteArrayInputStream(tar.bytes());
        }

        @Override
        public void close() {}
    }

    private void glibc() {
        places.file("/app", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER));
        places.file(ProgramFixture.GLIBC_LOADER, ProgramFixture.staticPie());
        places.file("/lib64/libc.so.6", ProgramFixture.glibc("Debian GLIBC 2.36-9", "2.36"));
        places.file("/usr/share/large", new byte[1 << 20]);
        places.file("/etc/os-release", "ID=debian\nVERSION_ID=12\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheFilesThatMatterAndNoOther() throws Exception {
        glibc();
        Compatibility verdict = check().orElseThrow();
        assertEquals(Optional.of("2.36"), verdict.libc().version());
        assertEquals(Optional.of("debian"), verdict.os().id());
        assertEquals("sha256:id", verdict.evidence().get(0).layer());
        assertEquals(Set.of("/app", ProgramFixture.GLIBC_LOADER, "/lib64/libc.so.6", "/etc/os-release"), places.read);
    }

    @Test
    void followsLinksAsAContainerWould() throws Exception {
        glibc();
        places.file("/usr/real", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER));
        places.link("/app", "/usr/../lib64/../usr/link");
        places.link("/usr/link", "../../../../usr/real");
        assertEquals(
                "/usr/real", check().orElseThrow().entryPoint().orElseThrow().path());
    }

    @Test
    void leavesToTheWholeImageWhatItCannotTell() throws Exception {
        glibc();
        places.link("/app", "x".repeat(101));
        assertEquals(Optional.empty(), check());
        places.link("/app", "na\u00efve");
        assertEquals(Optional.empty(), check());
        places.file("/app", new byte[49 << 20]);
        assertEquals(Optional.empty(), check());
        places.file("/app", ProgramFixture.staticPie());
        assertTrue(check().isPresent());
        places.file("/.crs/init", new byte[1]);
        assertEquals(Optional.empty(), check());
    }

    @Test
    void leavesInstrumentedAndForeignImagesToTheWholeImage() throws Exception {
        glibc();
        places.config = "{\"os\":\"windows\",\"architecture\":\"amd64\",\"config\":{}}";
        assertEquals(Optional.empty(), check());
        places.config = "{\"os\":\"linux\",\"config\":{\"Labels\":{\"io.crs.layer\":\"sha256:0\"}}}";
        assertEquals(Optional.empty(), check());
    }

    @Test
    void endsWhereLinksDoNot() throws Exception {
        for (int i = 0; i < 200; i++) {
            places.link("/app" + (i == 0 ? "" : i), "/app" + (i + 1));
        }
        Optional<Compatibility> verdict = check();
        assertTrue(verdict.isEmpty() || !verdict.get().instrumentable());
        places.link("/app", "/app");
        assertFalse(check().map(Compatibility::instrumentable).orElse(false));
    }

    @Test
    void refusesArchivesThatAreDamaged() {
        glibc();
        places.file("/app", "broken".getBytes(StandardCharsets.UTF_8));
        assertThrows(InvalidImageException.class, this::check);
        places.config = "{\"os\":";
        assertThrows(InvalidImageException.class, this::check);
    }

    @Test
    void saysWhatItDidNotLookFor() throws Exception {
        glibc();
        places.statuses.put("/usr/bin/su", new FileAccess.Status(FileAccess.Kind.FILE, 04755, ""));
        places.statuses.put("/bin", new FileAccess.Status(FileAccess.Kind.SYMBOLIC_LINK, 0777, "usr/bin"));
        Compatibility verdict = check().orElseThrow();
        assertEquals(List.of("/usr/bin/su: set-user-ID"), verdict.blindSpots());
        assertTrue(verdict.toJson().contains("one by one"), verdict.toJson());
    }

    @Test
    void countsTheLayersOfTheTrueImage() throws Exception {
        glibc();
        places.layers = 127;
        int[] most = new int[1];
        new SampledCheck(places, (image, files) -> {
                    most[0] = image.layers().size();
                    return new ImageInspector().inspect(image, files);
                })
                .check();
        assertEquals(127, most[0]);
    }
}
