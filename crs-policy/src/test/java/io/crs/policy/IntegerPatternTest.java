package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegerPatternTest {
    private static IntegerPattern raw(String text) {
        return IntegerPattern.of(text, ArgumentRole.RAW, Arch.X86_64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "*", "-1", "**"})
    void blankStarAndMinusOneAreAny(String text) {
        assertSame(IntegerPattern.ANY, raw(text));
    }

    @ParameterizedTest
    @CsvSource({
        "16, RAW, 16",
        "0, RAW, 0",
        "0x10, RAW, 16",
        "0XfF, RAW, 255",
        "-100, RAW, -100",
        "AT_FDCWD, RAW, -100",
        "18446744073709551615, RAW, -1",
        "-9223372036854775808, RAW, -9223372036854775808",
        "O_WRONLY|O_CREAT | O_TRUNC, RAW, 577",
        "AF_INET6, DOMAIN, 10",
        "SOCK_STREAM, TYPE, 1",
        "6, PROTOCOL, 6",
    })
    void readsNumbersAndConstants(String text, ArgumentRole role, long value) {
        IntegerPattern pattern = IntegerPattern.of(text, role, Arch.X86_64);
        assertFalse(pattern.isAny());
        assertEquals(value, pattern.value());
    }

    @ParameterizedTest
    @CsvSource({
        "O_DIRECT, X86_64, 0x4000",
        "O_DIRECT, AARCH64, 0x10000",
        "O_NOFOLLOW, X86_64, 0x20000",
        "O_NOFOLLOW, AARCH64, 0x8000",
    })
    void constantsAreThoseOfTheArchitecture(String text, Arch arch, String value) {
        assertEquals(
                Long.decode(value),
                IntegerPattern.of(text, ArgumentRole.RAW, arch).value());
    }

    @ParameterizedTest
    @CsvSource({
        "0755, RAW",
        "-0, RAW",
        "0x, RAW",
        "0x11111111111111111, RAW",
        "18446744073709551616, RAW",
        "-9223372036854775809, RAW",
        "1.0, RAW",
        "1e3, RAW",
        "AF_INET, RAW",
        "O_RDONLY, DOMAIN",
        "SOCK_STREM, TYPE",
        "tcp, PROTOCOL",
        "O_RDONLY|, RAW",
        "'5 6', RAW",
    })
    void refusesWhatIsNoInteger(String text, ArgumentRole role) {
        assertThrows(IllegalArgumentException.class, () -> IntegerPattern.of(text, role, Arch.X86_64));
    }

    @ParameterizedTest
    @CsvSource({
        "16, 0x100000010, DENY, true",
        "16, 0x100000010, MONITOR, true",
        "16, 0x100000010, ALLOW, false",
        "-100, 0xffffff9c, DENY, true",
        "-100, 0xffffff9c, ALLOW, false",
        "-100, -100, ALLOW, true",
        "0x100000000, 0, DENY, false",
        "0x100000010, 16, DENY, false",
        "0xffffffff, -1, DENY, true",
        "0xffffffff, 0xffffffff, ALLOW, true",
    })
    void deniesByTheLowerHalfAndAllowsByTheWhole(String pattern, String argument, Action action, boolean matches) {
        assertEquals(matches, raw(pattern).matches(Long.decode(argument), action));
    }

    @ParameterizedTest
    @CsvSource({
        "SOCK_STREAM, 0x80801, true",
        "SOCK_STREAM|SOCK_CLOEXEC, 1, true",
        "0x80001, 0x801, true",
        "SOCK_STREAM, 2, false",
        "SOCK_STREAM, 0x100000001, true",
    })
    void theTypeOfASocketHasNoFlags(String pattern, String argument, boolean matches) {
        IntegerPattern type = IntegerPattern.of(pattern, ArgumentRole.TYPE, Arch.X86_64);
        assertEquals(matches, type.matches(Long.decode(argument), Action.DENY));
    }

    @Property
    void everyNumberMatchesItself(@ForAll long value, @ForAll Action action) {
        String unsigned = Long.toUnsignedString(value);
        assertTrue(raw(unsigned).matches(value, action));
        assertTrue(raw("0x" + Long.toHexString(value)).matches(value, action));
        assertTrue(raw(Long.toString(value)).matches(value, action));
    }

    @Property
    void anAllowedNumberIsNoOther(@ForAll long value, @ForAll long other) {
        assertEquals(value == other, raw("0x" + Long.toHexString(value)).matches(other, Action.ALLOW));
    }
}
