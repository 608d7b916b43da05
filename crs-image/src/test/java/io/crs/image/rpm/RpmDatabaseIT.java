package io.crs.image.rpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.RpmFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages built by rpmbuild and installed by rpm, in databases of rpm and of Berkeley DB's own tool. */
class RpmDatabaseIT {
    private static final Set<String> NAMES = Set.of("glibc", "long");
    private static final List<String> INSTALLED =
            List.of("glibc 2.17-323.el7_9 i686", "glibc 2.17-323.el7_9 x86_64", "long 3:1-2 noarch");

    @TempDir
    Path folder;

    @BeforeEach
    void install() throws Exception {
        build("glibc", "2.17", "323.el7_9", "i686", 1, "");
        build("glibc", "2.17", "323.el7_9", "x86_64", 50, "");
        build("long", "1", "2", "noarch", 9000, "Epoch: 3\nBuildArch: noarch\n");
        build("other", "1", "1", "x86_64", 1, "");
        Files.createDirectories(folder.resolve("root"));
        try (Stream<Path> files = Files.walk(folder.resolve("top/RPMS"))) {
            List<String> command = new ArrayList<>(List.of(
                    "rpm", "--root", folder + "/root", "--dbpath", "/var/lib/rpm", "-i", "--nodeps", "--ignorearch"));
            command.add("--justdb");
            files.map(Path::toString).filter(file -> file.endsWith(".rpm")).forEach(command::add);
            ExternalTool.run(folder, command.toArray(String[]::new));
        }
    }

    private void build(String name, String version, String release, String target, int files, String more)
            throws Exception {
        String spec = "Name: " + name + "\nVersion: " + version + "\nRelease: " + release + "\nSummary: x\nLicense: x\n"
                + more + "%description\nx\n%install\nmkdir -p %{buildroot}/usr/share/x\nfor i in $(seq 1 " + files
                + "); do : > %{buildroot}/usr/share/x/$i; done\n%files\n/usr/share/x\n";
        Files.writeString(folder.resolve("x.spec"), spec);
        ExternalTool.run(
                folder,
                "rpmbuild",
                "-bb",
                "--quiet",
                "--target",
                target,
                "--define",
                "_topdir " + folder + "/top",
                "x.spec");
    }

    private static List<String> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                RpmDatabase database = RpmDatabase.open(in, 256 << 20)) {
            return database.packages(NAMES).stream()
                    .map(each -> each.name() + " " + each.version() + " " + each.architecture())
                    .sorted()
                    .toList();
        }
    }

    /** The headers as rpm itself gives them out, each after a magic of eight bytes. */
    private List<byte[]> headers() throws Exception {
        ExternalTool.run(
                folder, "sh", "-c", "rpmdb --root " + folder + "/root --dbpath /var/lib/rpm --exportdb >export");
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("export")));
        List<byte[]> headers = new ArrayList<>();
        while (all.hasRemaining()) {
            int start = all.position() + 8;
            byte[] header = new byte[8 + 16 * all.getInt(start) + all.getInt(start + 4)];
            all.position(start).get(header);
            headers.add(header);
        }
        return headers;
    }

    @Test
    void readsTheDatabaseOfRpm() throws Exception {
        assertEquals(INSTALLED, read(folder.resolve("root/var/lib/rpm/rpmdb.sqlite")));
    }

    @Test
    void readsBerkeleyDbOfBothByteOrdersAndSeveralPageSizesAsRpmDoes() throws Exception {
        List<byte[]> headers = headers();
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (int pageSize : new int[] {512, 4096, 65536}) {
                Path database = folder.resolve("bdb-" + order + pageSize);
                Files.createDirectories(database);
                Files.writeString(folder.resolve("dump"), dump(headers, order, pageSize));
                ExternalTool.run(folder, "db5.3_load", "-f", "dump", database + "/Packages");
                assertEquals(INSTALLED, read(database.resolve("Packages")), database.toString());
                String listed = ExternalTool.run(folder, "rpm", "--dbpath", database.toString(), "-qa");
                assertTrue(listed.contains("glibc-2.17-323.el7_9.x86_64"), listed);
            }
        }
    }

    private static String dump(List<byte[]> headers, ByteOrder order, int pageSize) {
        int lorder = order == ByteOrder.BIG_ENDIAN ? 4321 : 1234;
        StringBuilder dump = new StringBuilder("VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=" + pageSize
                + "\ndb_lorder=" + lorder + "\nHEADER=END\n");
        line(dump, number(0, order));
        line(dump, number(headers.size() + 1, order));
        for (int i = 0; i < headers.size(); i++) {
            line(dump, number(i + 1, order));
            line(dump, headers.get(i));
        }
        return dump.append("DATA=END\n").toString();
    }

    private static void line(StringBuilder dump, byte[] bytes) {
        dump.append(' ').append(HexFormat.of().formatHex(bytes)).append('\n');
    }

    private static byte[] number(int number, ByteOrder order) {
        return ByteBuffer.allocate(4).order(order).putInt(number).array();
    }

    @Test
    void readsHeadersOfRpmInNdb() throws Exception {
        Path database = folder.resolve("Packages.db");
        Files.write(database, RpmFixture.ndb(headers().toArray(byte[][]::new)));
        assertEquals(INSTALLED, read(database));
        byte[] cut = Arrays.copyOf(Files.readAllBytes(database), 9000);
        Files.write(database, cut);
        org.junit.jupiter.api.Assertions.assertThrows(
                io.crs.image.format.MalformedException.class, () -> read(database));
    }
}
