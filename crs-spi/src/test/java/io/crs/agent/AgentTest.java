package io.crs.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentTest {
    private static final AgentFile INIT = new AgentFile("init", 0755, new byte[] {1, 2});

    @Test
    void readsAPlatformAndWritesItBack() {
        assertEquals(new Platform("linux", "arm64", Optional.of("v8")), Platform.parse("Linux/ARM64/v8"));
        assertEquals("linux/arm/v7", Platform.parse("linux/arm/v7").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "linux/", "/amd64", "linux/amd64/v1/x", "linux/a b"})
    void refusesWhatIsNoPlatform(String text) {
        assertThrows(IllegalArgumentException.class, () -> Platform.parse(text));
    }

    @Test
    void normalizesTheSpellingsOfOnePlatform() {
        assertEquals(Platform.LINUX_ARM64, Platform.parse("linux/aarch64/v8").normalized());
        assertEquals(Platform.LINUX_AMD64, Platform.parse("linux/x86_64").normalized());
        assertEquals(
                "linux/amd64/v3", Platform.parse("linux/amd64/v3").normalized().toString());
        assertEquals("linux/arm/v7", Platform.parse("linux/arm/v7").normalized().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/init", "../init", "lib/../init", "lib//x", "", ".hidden", "a b"})
    void refusesAPathThatLeavesTheFolder(String path) {
        assertThrows(IllegalArgumentException.class, () -> new AgentFile(path, 0755, new byte[0]));
    }

    @Test
    void refusesASetUserIdBit() {
        assertThrows(IllegalArgumentException.class, () -> new AgentFile("init", 04755, new byte[0]));
    }

    @Test
    void copiesTheBytesInAndOut() throws Exception {
        byte[] given = {1, 2, 3};
        AgentFile file = new AgentFile("table", 0444, given);
        given[0] = 9;
        file.content()[1] = 9;
        assertArrayEquals(new byte[] {1, 2, 3}, file.open().readAllBytes());
    }

    @Test
    void refusesABundleWithoutAnExecutableInit() {
        List<AgentFile> notExecutable = List.of(new AgentFile("init", 0644, new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> AgentBundle.of(Platform.LINUX_AMD64, "1", notExecutable));
        assertThrows(
                IllegalArgumentException.class, () -> AgentBundle.of(Platform.LINUX_AMD64, "1", List.of(INIT, INIT)));
    }

    @Test
    void listsTwoProvidersOfOnePlatformInsteadOfPickingOne() {
        AgentBundle bundle = AgentBundle.of(Platform.LINUX_AMD64, "1", List.of(INIT));
        HookProvider one =
                platform -> Optional.of(bundle).filter(each -> each.platform().equals(platform));
        HookProvider both = HookProvider.of(List.of(one, one));
        assertTrue(both.find(Platform.LINUX_ARM64).isEmpty());
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> both.find(Platform.LINUX_AMD64));
        assertTrue(refused.getMessage().contains("linux/amd64"), refused.getMessage());
        assertEquals(Optional.of(bundle), HookProvider.of(List.of(one)).find(Platform.LINUX_AMD64));
    }
}
