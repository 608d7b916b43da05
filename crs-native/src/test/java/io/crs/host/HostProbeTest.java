package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProbeTest {
    @TempDir
    Path kernel;

    private HostProbe probe(String release, String actions, String scope) throws IOException {
        Files.createDirectories(kernel.resolve("seccomp"));
        Files.createDirectories(kernel.resolve("yama"));
        Files.writeString(kernel.resolve("osrelease"), release + "\n");
        Files.writeString(kernel.resolve("seccomp/actions_avail"), actions + "\n");
        Files.writeString(kernel.resolve("yama/ptrace_scope"), scope + "\n");
        return HostProbe.of(kernel);
    }

    @Test
    void findsNothingAgainstAUsualHost() throws IOException {
        HostProbe probe = probe("6.1.0-13-amd64", "kill_process trap errno user_notif trace log allow", "1");
        assertEquals(Optional.of("6.1.0-13-amd64"), probe.kernelRelease());
        assertEquals(Optional.of(1), probe.ptraceScope());
        assertEquals(List.of(), probe.obstacles());
    }

    @Test
    void countsWhatTheHostDoesNotSayAsGood() {
        assertEquals(List.of(), HostProbe.of(kernel.resolve("absent")).obstacles());
    }

    @Test
    void readsWhateverIsThereWithoutFailing() throws IOException {
        for (String text : new String[] {"", "rubbish", "99999999999.1", "-1", "5", "\u0000"}) {
            assertEquals(List.of(), probe(text, "user_notif", text).obstacles(), text);
        }
    }

    @Test
    void namesAnOldKernel() throws IOException {
        List<String> obstacles = probe("5.13.19", "user_notif", "0").obstacles();
        assertEquals(1, obstacles.size());
        assertTrue(obstacles.get(0).contains("5.13.19"), obstacles.get(0));
        assertEquals(List.of(), probe("5.14.0", "user_notif", "0").obstacles());
    }

    @Test
    void namesAMissingActionAndAHostThatForbidsLooking() throws IOException {
        List<String> obstacles = probe("6.1.0", "errno trace", "3").obstacles();
        assertEquals(2, obstacles.size());
        assertTrue(obstacles.get(0).contains("user_notif"), obstacles.get(0));
        assertTrue(obstacles.get(1).contains("ptrace_scope"), obstacles.get(1));
    }

    @Test
    void aRunIsRefusedWithEveryReason() throws IOException {
        HostProbe bad = probe("4.19.0", "errno", "3");
        IOException refusal = assertThrows(IOException.class, () -> LocalRun.agent(Platform.LINUX_AMD64, bad));
        for (String part : List.of("4.19.0", "user_notif", "ptrace_scope")) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
    }

    @Test
    void aRunWithoutAnAgentIsRefusedByName() throws IOException {
        HostProbe good = probe("6.1.0", "user_notif", "0");
        IOException refusal =
                assertThrows(IOException.class, () -> LocalRun.agent(Platform.parse("linux/s390x"), good));
        assertTrue(refusal.getMessage().contains("linux/s390x"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("linux/amd64"), refusal.getMessage());
    }
}
