package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.KernelConstants;
import java.math.BigInteger;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The value an integer argument of a system call must have, or any.
 *
 * <p>Text is decimal, {@code 0x…}, or a constant of the role: {@code AF_…} for a domain, {@code SOCK_…} for a type,
 * {@code O_…} and {@code AT_…} for a raw argument; constants may be joined with {@code |}. Values are unsigned 64-bit
 * numbers; a negative one is its two's complement. Blank, {@code *} and {@code -1} are any, which also matches an
 * argument that is not known.
 *
 * <p>Most integer arguments are 32 bits wide in the kernel, which ignores what a program puts in the upper half of the
 * register. A rule that denies or monitors a 32-bit value therefore looks at the lower half only; a rule that allows
 * looks at all of it, so that no call is allowed that was not meant. The flags {@code SOCK_CLOEXEC} and
 * {@code SOCK_NONBLOCK} in a socket's type never count. Immutable.
 */
public final class IntegerPattern {
    /** The pattern that matches every argument, also one that is not known. */
    public static final IntegerPattern ANY = new IntegerPattern(true, 0, false);

    private static final long SOCKET_FLAGS = 0x80800;
    private static final long LOWER_HALF = 0xFFFFFFFFL;
    private static final BigInteger LEAST = BigInteger.ONE.shiftLeft(63).negate();
    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final int LONGEST = 256;

    private final boolean any;
    private final long value;
    private final boolean socketType;

    private IntegerPattern(boolean any, long value, boolean socketType) {
        this.any = any;
        this.value = value;
        this.socketType = socketType;
    }

    /**
     * The pattern with this text, for an argument of this role on this architecture.
     *
     * @throws IllegalArgumentException if the text is no integer of 64 bits and no constant of the role
     */
    public static IntegerPattern of(String text, ArgumentRole role, Arch arch) {
        String bare = text.strip();
        if (bare.isEmpty() || bare.equals("-1") || Glob.of(bare).isAny()) {
            return ANY;
        }
        return new IntegerPattern(false, value(bare, role, arch), role == ArgumentRole.TYPE);
    }

    /**
     * The number a text names, for an argument of this role on this architecture.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    static long value(String text, ArgumentRole role, Arch arch) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("an integer has at most " + LONGEST + " characters");
        }
        if (text.matches("-?[0-9].*")) {
            return number(text);
        }
        long value = 0;
        for (String name : text.split("\\|", -1)) {
            value |= constant(name.strip(), role, arch)
                    .orElseThrow(() -> new IllegalArgumentException(
                            Quoted.of(text) + " is no integer; write a decimal number, 0x…" + constantsOf(role)));
        }
        return value;
    }

    private static OptionalLong constant(String name, ArgumentRole role, Arch arch) {
        return switch (role) {
            case DOMAIN -> KernelConstants.family(name);
            case TYPE -> {
                OptionalLong type = KernelConstants.socketType(name);
                yield type.isPresent() ? type : KernelConstants.flag(arch, name);
            }
            case RAW -> KernelConstants.flag(arch, name);
            default -> OptionalLong.empty();
        };
    }

    private static String constantsOf(ArgumentRole role) {
        return switch (role) {
            case DOMAIN -> " or an address family as AF_INET";
            case TYPE -> " or a socket type as SOCK_STREAM";
            case RAW -> " or a flag as O_RDONLY or AT_FDCWD";
            default -> "";
        };
    }

    private static long number(String text) {
        boolean hex = text.matches("0[xX][0-9a-fA-F]{1,16}");
        if (!hex && !text.matches("0|-?[1-9][0-9]{0,19}")) {
            throw new IllegalArgumentException(Quoted.of(text)
                    + " is no integer; write a decimal number without leading zeros, or 0x and up to 16 digits");
        }
        BigInteger number = hex ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        if (number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(text + " does not fit 64 bits");
        }
        return number.longValue();
    }

    /** Whether this is {@link #ANY}. */
    public boolean isAny() {
        return any;
    }

    /** The value; 0 for {@link #ANY}. */
    public long value() {
        return value;
    }

    /** The bits that a rule with this action compares: an argument matches if it has the value in them. */
    public long mask(Action action) {
        boolean fits = value >= Integer.MIN_VALUE && value <= LOWER_HALF;
        long width = fits && action != Action.ALLOW ? LOWER_HALF : -1L;
        return socketType ? width & ~SOCKET_FLAGS : width;
    }

    /** Whether a known argument matches a rule with this action. */
    public boolean matches(long argument, Action action) {
        return any || ((argument ^ value) & mask(action)) == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntegerPattern pattern
                && any == pattern.any
                && value == pattern.value
                && socketType == pattern.socketType;
    }

    @Override
    public int hashCode() {
        return Objects.hash(any, value, socketType);
    }

    @Override
    public String toString() {
        return any ? "*" : Long.toUnsignedString(value);
    }
}
