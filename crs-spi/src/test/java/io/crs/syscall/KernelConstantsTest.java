package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelConstantsTest {
    @ParameterizedTest
    @CsvSource({
        "O_RDONLY, 0x0, 0x0",
        "O_RDWR, 0x2, 0x2",
        "O_CREAT, 0x40, 0x40",
        "O_DIRECT, 0x4000, 0x10000",
        "O_LARGEFILE, 0x8000, 0x20000",
        "O_DIRECTORY, 0x10000, 0x4000",
        "O_NOFOLLOW, 0x20000, 0x8000",
        "O_TMPFILE, 0x410000, 0x404000",
        "AT_FDCWD, -100, -100",
        "AT_SYMLINK_NOFOLLOW, 0x100, 0x100",
        "SOCK_CLOEXEC, 0x80000, 0x80000"
    })
    void flagsHaveTheirValueOnEachArchitecture(String name, String x86, String arm) {
        assertEquals(OptionalLong.of(Long.decode(x86)), KernelConstants.flag(Arch.X86_64, name));
        assertEquals(OptionalLong.of(Long.decode(arm)), KernelConstants.flag(Arch.AARCH64, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "o_rdonly", "O_", "AF_INET", "SOCK_STREAM", "0x2", "kind", "name"})
    void noOtherNameIsAFlag(String name) {
        assertEquals(OptionalLong.empty(), KernelConstants.flag(Arch.X86_64, name));
    }

    @Test
    void familiesAndTypesAreFoundBothWays() {
        assertEquals(OptionalLong.of(2), KernelConstants.family("AF_INET"));
        assertEquals(OptionalLong.of(10), KernelConstants.family("AF_INET6"));
        assertEquals(OptionalLong.of(1), KernelConstants.family("AF_LOCAL"));
        assertEquals(Optional.of("AF_UNIX"), KernelConstants.familyName(1));
        assertEquals(Optional.of("AF_NETLINK"), KernelConstants.familyName(16));
        assertEquals(Optional.empty(), KernelConstants.familyName(-1));
        assertEquals(OptionalLong.empty(), KernelConstants.family("SOCK_RAW"));
        assertEquals(OptionalLong.of(3), KernelConstants.socketType("SOCK_RAW"));
        assertEquals(Optional.of("SOCK_DGRAM"), KernelConstants.socketTypeName(2));
        assertEquals(Optional.empty(), KernelConstants.socketTypeName(7));
        assertEquals(OptionalLong.empty(), KernelConstants.socketType("SOCK_CLOEXEC"));
    }

    @Test
    void everyFamilyNumberUpToTheLastHasAName() {
        for (int family = 0; family <= 45; family++) {
            int number = family;
            String name = KernelConstants.familyName(family).orElseThrow(() -> new AssertionError(number));
            assertEquals(OptionalLong.of(family), KernelConstants.family(name));
        }
    }

    @Test
    void openFlagsAreNamedAccessModeFirst() {
        assertEquals(List.of("O_RDONLY"), KernelConstants.openFlagNames(Arch.X86_64, 0));
        assertEquals(List.of("O_WRONLY", "O_CREAT", "O_TRUNC"), KernelConstants.openFlagNames(Arch.X86_64, 0x241));
        assertEquals(List.of("O_RDWR", "O_TMPFILE", "O_EXCL"), KernelConstants.openFlagNames(Arch.AARCH64, 0x404082));
        assertEquals(List.of("O_RDONLY", "O_DIRECT", "O_CLOEXEC"), KernelConstants.openFlagNames(Arch.X86_64, 0x84000));
        assertEquals(
                List.of("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC"), KernelConstants.openFlagNames(Arch.AARCH64, 0x84000));
        assertEquals(List.of("O_ACCMODE", "0x400000"), KernelConstants.openFlagNames(Arch.X86_64, 0x400003));
    }

    @Property
    void namesOfAnyFlagsGiveTheFlagsBack(@ForAll Arch arch, @ForAll long flags) {
        long back = 0;
        for (String name : KernelConstants.openFlagNames(arch, flags)) {
            back |= name.startsWith("0x")
                    ? Long.parseUnsignedLong(name.substring(2), 16)
                    : KernelConstants.flag(arch, name).orElseThrow();
        }
        assertEquals(flags, back);
    }
}
