package io.crs.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPatternTest {
    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9, true",
        "203.0.113.9, 203.0.113.10, false",
        "203.0.113.9, ::ffff:203.0.113.9, true",
        "::ffff:203.0.113.9, 203.0.113.9, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "::ffff:10.0.0.0/104, 11.1.2.3, false",
        "::/0, 10.0.0.1, false",
        "::/80, ::1, true",
        "::/80, 10.0.0.1, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "2001:db8::/33, 2001:db8:8000::, false",
        "10.0.0.1-10.0.0.9, 10.0.0.9, true",
        "10.0.0.1 - 10.0.0.9, 10.0.0.10, false",
        "::1-::f, ::a, true",
        "10.0.*, 10.0.3.4, true",
        "10.0.?.4, 10.0.13.4, false",
        "2001:DB8:*, 2001:db8::1, true",
        "*:1, 2001:db8::1, true",
        "0.0.0.0, 127.0.0.1, true",
        "0.0.0.0, 127.0.0.2, false",
        "'::', ::1, true",
        "127.0.0.1, 0.0.0.0, true",
        "'::1', '::', true",
        "0.0.0.0/32, 0.0.0.0, false",
    })
    void matchesInCanonicalForm(String pattern, String address, boolean matches) {
        IpAddress canonical = ((Endpoint.Inet) Endpoint.of(address)).address();
        assertEquals(matches, AddressPattern.of(pattern).matches(canonical));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "*", "**"})
    void blankAndStarsAreAny(String text) {
        assertTrue(AddressPattern.of(text).isAny());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.256",
                "10.0.0",
                "010.0.0.1",
                "10.0.0.1.2",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/08",
                "::/129",
                "10.0.0.9-10.0.0.1",
                "10.0.0.1-::1",
                "fe80::1%eth0",
                "fe80::%1/64",
                "example.com",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::12345",
                "[::1]",
                ":::",
                "1:2:3:4:5:6:7::8",
                "10.0.0.1-",
                "-10.0.0.1",
                "1.2.3.4:80",
                "::1.2.3",
                "1.2.3.4::",
                "0x7f.0.0.1",
                "１.0.0.1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> AddressPattern.of(text));
    }

    @Test
    void takesSocketPathsAsGlobs() {
        assertInstanceOf(AddressPattern.TextGlob.class, AddressPattern.of("/run/docker.sock"));
        assertInstanceOf(AddressPattern.TextGlob.class, AddressPattern.of("@abstract*"));
        assertFalse(AddressPattern.of("/run/10.*")
                .matches(IpAddress.parse("10.0.0.1").orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:1, ::1",
        "2001:0DB8::0001:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "::ffff:1.2.3.4, 1.2.3.4",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1::8, 1::8",
    })
    void writesAddressesByRfc5952(String text, String canonical) {
        assertEquals(canonical, IpAddress.parse(text).orElseThrow().toString());
    }

    @Test
    void anEndpointDropsTheZone() {
        assertEquals(Endpoint.of("fe80::1"), Endpoint.of("fe80::1%eth0"));
    }

    @Property
    void textAndBytesAreTheSameAddress(@ForAll("addresses") byte[] bytes) throws UnknownHostException {
        IpAddress address = IpAddress.of(bytes);
        assertEquals(Optional.of(address), IpAddress.parse(address.toString()));
        assertArrayEquals(InetAddress.getByAddress(bytes).getAddress(), address.bytes());
        assertArrayEquals(
                InetAddress.getByName(address.toString()).getAddress(),
                InetAddress.getByAddress(bytes).getAddress());
    }

    @Property
    void aBlockIsItsPrefix(
            @ForAll("addresses") byte[] base,
            @ForAll("addresses") byte[] other,
            @ForAll @IntRange(max = 128) int bits) {
        if (base.length != other.length || bits > base.length * 8) {
            return;
        }
        String text = IpAddress.unfolded(base) + "/" + bits;
        IpAddress address = IpAddress.of(other);
        boolean same = address.isIpv4() == (base.length == 4);
        for (int i = 0; same && i < bits; i++) {
            int bit = 1 << (7 - i % 8);
            same = (base[i / 8] & bit) == (other[i / 8] & bit);
        }
        assertEquals(same, AddressPattern.of(text).matches(address), text + " " + address);
    }

    @Property
    void parsingForeignTextNeverFails(@ForAll("soup") @Size(max = 50) String text) {
        IpAddress.parse(text);
        try {
            AddressPattern.of(text);
        } catch (IllegalArgumentException expected) {
            assertFalse(expected.getMessage().isBlank());
        }
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.strings().withChars("0123456789abcdefF:./-*?% @");
    }

    @Provide
    Arbitrary<byte[]> addresses() {
        Arbitrary<Byte> bytes = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.of((byte) 0)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of((byte) 1, (byte) -1, (byte) 0x20)));
        return Arbitraries.of(4, 16).flatMap(size -> bytes.array(byte[].class).ofSize(size));
    }
}
