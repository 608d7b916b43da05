package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.HookProvider;
import io.crs.agent.LinkedLibrary;
import io.crs.agent.Platform;
import io.crs.syscall.Arch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BundledAgentsTest {
    private final BundledAgents agents = new BundledAgents();

    @Test
    void givesAStaticProgramOfThePlatformItIsAskedFor() {
        for (Platform platform : BundledAgents.available()) {
            AgentFile init = agents.find(platform).orElseThrow().files().get(0);
            assertEquals(AgentBundle.INIT, init.path());
            assertEquals(0755, init.mode());
            ByteBuffer elf = ByteBuffer.wrap(init.content()).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals(0x464c457f, elf.getInt(0));
            assertEquals(
                    Arch.of(platform.architecture()).orElseThrow().elfMachine(), Short.toUnsignedInt(elf.getShort(18)));
            assertTrue(needsNoInterpreter(elf), () -> "the agent for " + platform + " wants a dynamic loader");
        }
    }

    private static boolean needsNoInterpreter(ByteBuffer elf) {
        int offset = Math.toIntExact(elf.getLong(32));
        int size = elf.getShort(54);
        int count = elf.getShort(56);
        for (int i = 0; i < count; i++) {
            if (elf.getInt(offset + i * size) == 3) {
                return false;
            }
        }
        return count > 0;
    }

    @Test
    void hasOneForTheCommonestPlatform() {
        assertTrue(BundledAgents.available().contains(Platform.LINUX_AMD64));
    }

    @Test
    void hasOneForArm64WhereItCouldBeBuilt() {
        assumeTrue(Boolean.getBoolean("crs.verify"), "the cross compiler may be missing");
        assertTrue(BundledAgents.available().contains(Platform.LINUX_ARM64));
    }

    @Test
    void bringsTheSharedObjectForThoseWhoEnterFromOutside() {
        for (Platform platform : BundledAgents.available()) {
            AgentFile object = agents.find(platform).orElseThrow().files().get(1);
            assertEquals(AgentBundle.PRELOAD, object.path());
            assertEquals(0444, object.mode());
            assertEquals(3, object.content()[16], "an ELF shared object");
        }
    }

    @Test
    void namesTheLibrariesLinkedIn() {
        for (Platform platform : BundledAgents.available()) {
            AgentBundle bundle = agents.find(platform).orElseThrow();
            String init = new String(bundle.files().get(0).content(), StandardCharsets.ISO_8859_1);
            List<String> names =
                    bundle.libraries().stream().map(LinkedLibrary::name).toList();
            assertEquals(List.of("musl", "mbedtls"), names);
            for (LinkedLibrary library : bundle.libraries()) {
                assertTrue(library.version().matches("\\d+\\.\\d+\\.\\d+"), library.toString());
                assertTrue(library.cpe().orElse("").contains(":" + library.version() + ":"), library.toString());
            }
            assertTrue(init.contains("TLS"), "Mbed TLS is in it");
        }
    }

    @Test
    void knowsThePlatformBySeveralSpellings() {
        byte[] content = content(Platform.LINUX_AMD64);
        for (String spelling : new String[] {"linux/x86_64", "Linux/amd64/v1", "linux/amd64/v3"}) {
            assertEquals(ByteBuffer.wrap(content), ByteBuffer.wrap(content(Platform.parse(spelling))), spelling);
        }
    }

    private byte[] content(Platform platform) {
        return agents.find(platform).orElseThrow().files().get(0).content();
    }

    @Test
    void hasNoneForAForeignPlatform() {
        for (String foreign : new String[] {"windows/amd64", "linux/s390x", "linux/arm/v7", "../amd64", "linux/.."}) {
            assertEquals(Optional.empty(), agents.find(Platform.parse(foreign)), foreign);
        }
    }

    @Test
    void saysItsVersion() {
        String version = agents.find(Platform.LINUX_AMD64).orElseThrow().version();
        assertTrue(version.matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"), version);
    }

    @Test
    void isFoundByWhoeverAsksForProviders() {
        assertTrue(HookProvider.installed().stream().anyMatch(BundledAgents.class::isInstance));
    }
}
