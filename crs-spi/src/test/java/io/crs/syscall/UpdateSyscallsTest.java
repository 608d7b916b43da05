package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/update-syscalls} on small trees of headers. */
class UpdateSyscallsTest {
    private static final List<String> ROWS = List.of(
            "read,0,63,READ,filename,,,0,sys_read",
            "open,2,,OPEN,filename,open,arg2,2,sys_open",
            "fcntl,72,25,NONE,,,,72,sys_fcntl",
            "getaddrinfo,,,NAME,name,,,499,li_getaddrinfo");

    @TempDir
    Path folder;

    private Path csv;

    record Run(int status, String output) {}

    @BeforeEach
    void twoTreesThatAgreeWithTheTable() throws IOException {
        csv = folder.resolve("calls.csv");
        writeTable("# source: linux-libc-dev 1.0", ROWS);
        header("x86_64", "#define __NR_read 0", "#define __NR_open 2", "#define __NR_fcntl 72");
        // As older headers of aarch64 have it: one macro by way of another, and marks that are no calls.
        header(
                "aarch64",
                "#define __NR_read 63",
                "#define __NR3264_fcntl 25",
                "#define __NR_fcntl __NR3264_fcntl",
                "#define __NR_arch_specific_syscall 244",
                "#define __NR_syscalls 300");
    }

    private void header(String arch, String... lines) throws IOException {
        Path asm = Files.createDirectories(folder.resolve(arch).resolve("asm"));
        Files.writeString(asm.resolve("unistd.h"), "#include <asm/unistd_64.h>\n");
        Files.write(asm.resolve("unistd_64.h"), List.of(lines));
    }

    private void writeTable(String source, List<String> rows) throws IOException {
        Files.write(
                csv,
                Stream.concat(Stream.of(source, "# kept", SyscallFile.HEADER), rows.stream())
                        .toList());
    }

    private Run update() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of("..", "tools", "update-syscalls").toString(),
                        "linux-libc-dev 2.0",
                        folder.resolve("x86_64").toString(),
                        folder.resolve("aarch64").toString(),
                        csv.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    @Test
    void namesTheNewSourceAndKeepsEverythingElse() throws Exception {
        assertEquals(new Run(0, ""), update());
        List<String> updated = Files.readAllLines(csv);
        writeTable("# source: linux-libc-dev 2.0", ROWS);
        assertEquals(Files.readAllLines(csv), updated);
    }

    @Test
    void putsANewCallInItsPlaceAndSaysSo() throws Exception {
        header("x86_64", "#define __NR_read 0", "#define __NR_brk 12", "#define __NR_open 2", "#define __NR_fcntl 72");
        header("aarch64", "#define __NR_read 63", "#define __NR_fcntl 25", "#define __NR_only_here 244");
        assertEquals(new Run(0, "new: brk\nnew: only_here\n"), sorted(update()));
        assertEquals(
                List.of(
                        ROWS.get(0),
                        ROWS.get(1),
                        "brk,12,,NONE,,,,,",
                        ROWS.get(2),
                        "only_here,,244,NONE,,,,,",
                        ROWS.get(3)),
                Files.readAllLines(csv).subList(3, 9));
    }

    private static Run sorted(Run run) {
        return new Run(
                run.status(),
                run.output().lines().sorted().map(line -> line + "\n").reduce("", String::concat));
    }

    @Test
    void givesACallItsNumberOnAnArchitectureThatGotIt() throws Exception {
        header("aarch64", "#define __NR_read 63", "#define __NR_fcntl 25", "#define __NR_open 90");
        assertEquals(new Run(0, ""), update());
        assertTrue(Files.readAllLines(csv).contains("open,2,90,OPEN,filename,open,arg2,2,sys_open"));
    }

    @Test
    void leavesTheTableAloneWhenANumberChangedOrIsGone() throws Exception {
        List<String> before = Files.readAllLines(csv);
        header("x86_64", "#define __NR_read 1", "#define __NR_fcntl 72");
        Run run = update();
        assertEquals(1, run.status());
        assertTrue(run.output().contains("read was 0 on x86_64, now 1"), run::output);
        assertTrue(run.output().contains("open was 2 on x86_64, now gone"), run::output);
        assertEquals(before, Files.readAllLines(csv));
        leavesNothingBehind();
    }

    @Test
    void leavesTheTableAloneWhenATreeHasNoHeaders() throws Exception {
        List<String> before = Files.readAllLines(csv);
        Files.delete(folder.resolve("aarch64/asm/unistd_64.h"));
        assertNotEquals(0, update().status());
        Files.delete(folder.resolve("aarch64/asm/unistd.h"));
        Run run = update();
        assertEquals(2, run.status());
        assertTrue(run.output().contains("no asm/unistd.h"), run::output);
        assertEquals(before, Files.readAllLines(csv));
        leavesNothingBehind();
    }

    private void leavesNothingBehind() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("aarch64", "calls.csv", "x86_64"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }
}
