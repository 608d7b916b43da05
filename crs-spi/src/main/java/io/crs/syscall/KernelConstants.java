package io.crs.syscall;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The named constants of the Linux interface that rules and calls may use instead of numbers: open flags, flags of the
 * at-calls, address families and socket types. Names are case-sensitive. Safe for all threads.
 */
public final class KernelConstants {
    private static final long ACCESS_MODE = 3;
    private static final List<Constant> ALL = read();

    private enum Kind {
        ACCESS,
        OPEN,
        AT,
        SOCKET,
        FAMILY,
        TYPE
    }

    private record Constant(Kind kind, String name, long x86_64, long aarch64) {
        static Constant of(String line) {
            String[] fields = line.split(",", -1);
            long x86_64 = Long.decode(fields[2]);
            long aarch64 = fields[3].isEmpty() ? x86_64 : Long.decode(fields[3]);
            return new Constant(Kind.valueOf(fields[0].toUpperCase(Locale.ROOT)), fields[1], x86_64, aarch64);
        }

        long value(Arch arch) {
            return switch (arch) {
                case X86_64 -> x86_64;
                case AARCH64 -> aarch64;
            };
        }
    }

    private KernelConstants() {}

    private static List<Constant> read() {
        try (InputStream in = KernelConstants.class.getResourceAsStream("constants.csv")) {
            if (in == null) {
                throw new IllegalStateException("constants.csv is not beside KernelConstants");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .skip(1)
                    .map(Constant::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The value of a flag: {@code O_…}, {@code AT_…} (with {@code AT_FDCWD}, −100), {@code SOCK_CLOEXEC} and
     * {@code SOCK_NONBLOCK}. Four of the open flags differ between architectures.
     */
    public static OptionalLong flag(Arch arch, String name) {
        return value(Set.of(Kind.ACCESS, Kind.OPEN, Kind.AT, Kind.SOCKET), arch, name);
    }

    /** The number of an address family, {@code AF_…}. */
    public static OptionalLong family(String name) {
        return value(Set.of(Kind.FAMILY), Arch.X86_64, name);
    }

    /** The number of a socket type, {@code SOCK_…}. */
    public static OptionalLong socketType(String name) {
        return value(Set.of(Kind.TYPE), Arch.X86_64, name);
    }

    /**
     * The names of open flags, the access mode first: {@code [O_WRONLY, O_CREAT, O_TRUNC]}. Bits without a name come
     * last, as one hexadecimal number; the values of all of it add up to {@code flags} again.
     */
    public static List<String> openFlagNames(Arch arch, long flags) {
        List<String> names = new ArrayList<>();
        name(Kind.ACCESS, arch, flags & ACCESS_MODE).ifPresent(names::add);
        long left = flags & ~ACCESS_MODE;
        for (Constant constant : ALL) {
            long bits = constant.value(arch);
            if (constant.kind() == Kind.OPEN && (left & bits) == bits) {
                names.add(constant.name());
                left &= ~bits;
            }
        }
        if (left != 0) {
            names.add("0x" + Long.toHexString(left));
        }
        return List.copyOf(names);
    }

    /** The usual name of an address family; empty if it has none. */
    public static Optional<String> familyName(long family) {
        return name(Kind.FAMILY, Arch.X86_64, family);
    }

    /** The name of a socket type without flags; empty if it has none. */
    public static Optional<String> socketTypeName(long type) {
        return name(Kind.TYPE, Arch.X86_64, type);
    }

    private static OptionalLong value(Set<Kind> kinds, Arch arch, String name) {
        return ALL.stream()
                .filter(constant ->
                        kinds.contains(constant.kind()) && constant.name().equals(name))
                .mapToLong(constant -> constant.value(arch))
                .findFirst();
    }

    private static Optional<String> name(Kind kind, Arch arch, long value) {
        return ALL.stream()
                .filter(constant -> constant.kind() == kind && constant.value(arch) == value)
                .map(Constant::name)
                .findFirst();
    }
}
