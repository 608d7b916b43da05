package io.crs.policy.analyze;

import io.crs.policy.AddressPattern;
import io.crs.policy.Endpoint;
import io.crs.policy.Glob;
import io.crs.policy.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All the ways in which an IP address can stand to some patterns, one example of each.
 *
 * @param endpoints one address of each class
 * @param complete whether these are all; not if a glob can match the text of an IPv6 address, or the work was more than allowed
 */
record AddressClasses(List<Endpoint> endpoints, boolean complete) {
    private static final String IPV6_TEXT = "0123456789abcdef:";
    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger MAPPED = BigInteger.valueOf(0xFFFF).shiftLeft(32);
    private static final BigInteger MAPPED_END = MAPPED.add(ONE.shiftLeft(32));

    static AddressClasses of(Set<AddressPattern> patterns, Budget budget) {
        Set<Glob> globs = patterns.stream()
                .flatMap(pattern -> pattern instanceof AddressPattern.TextGlob text
                        ? Optional.of(text.glob()).stream()
                        : Optional.<Glob>empty().stream())
                .collect(Collectors.toSet());
        List<Endpoint> endpoints = new ArrayList<>();
        boolean complete = globs.stream().noneMatch(AddressClasses::canMatchIpv6);
        for (BigInteger[] part : parts(patterns, true)) {
            if (globs.isEmpty()) {
                endpoints.add(endpoint(part[0], 4));
            } else {
                Language texts = new Ipv4Texts(part[0].longValue(), part[1].longValue());
                NameClasses.Found found = NameClasses.of(texts, globs, Optional.empty(), false, budget);
                found.names().forEach(text -> endpoints.add(Endpoint.of(text)));
                complete &= found.complete();
            }
        }
        parts(patterns, false).forEach(part -> endpoints.add(endpoint(part[0], 16)));
        return new AddressClasses(endpoints, complete);
    }

    private static boolean canMatchIpv6(Glob glob) {
        return NameClasses.literals(glob).allMatch(c -> IPV6_TEXT.indexOf(c) >= 0);
    }

    /**
     * The addresses of a family, cut where a range begins or ends. The unspecified address is left out, since it is the
     * loopback address; so are IPv4 addresses in IPv6 form.
     */
    private static List<BigInteger[]> parts(Set<AddressPattern> patterns, boolean ipv4) {
        BigInteger end = ONE.shiftLeft(ipv4 ? 32 : 128);
        TreeSet<BigInteger> cuts = new TreeSet<>(List.of(ONE, end));
        if (!ipv4) {
            cuts.addAll(List.of(MAPPED, MAPPED_END));
        }
        for (AddressPattern pattern : patterns) {
            if (pattern instanceof AddressPattern.Range range && range.low().isIpv4() == ipv4) {
                cuts.add(number(range.low()).max(ONE));
                cuts.add(number(range.high()).add(ONE));
            }
        }
        List<BigInteger[]> parts = new ArrayList<>();
        Iterator<BigInteger> each = cuts.iterator();
        BigInteger low = each.next();
        while (each.hasNext()) {
            BigInteger next = each.next();
            if (ipv4 || low.compareTo(MAPPED) < 0 || low.compareTo(MAPPED_END) >= 0) {
                parts.add(new BigInteger[] {low, next.subtract(ONE)});
            }
            low = next;
        }
        return parts;
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(1, address.bytes());
    }

    private static Endpoint endpoint(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[length];
        int size = Math.min(length, signed.length);
        System.arraycopy(signed, signed.length - size, bytes, length - size, size);
        return new Endpoint.Inet(IpAddress.of(bytes));
    }
}
