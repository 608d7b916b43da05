package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One rule of a policy: which calls of which programs, and what happens to them.
 *
 * <p>Made by builders that end in the action: {@code Rule.read("/etc/shadow").by("/usr/bin/*").deny()}. Immutable.
 */
public sealed interface Rule {
    /** The way a file rule is about. */
    enum Access {
        /** Reading. */
        READ,
        /** Writing, creating, changing or removing. */
        WRITE
    }

    /** The way a network rule is about. */
    enum Direction {
        /** From the container to the address. */
        OUTBOUND,
        /** From the address to the container. */
        INBOUND
    }

    /** What every rule has. */
    RuleHeader header();

    /** What the rule is about. */
    RuleType type();

    /** The identifier, unique in the policy. */
    default Optional<String> id() {
        return header().id();
    }

    /** The name for people. */
    default String name() {
        return header().name();
    }

    /** Whether the rule is switched off. */
    default boolean inactive() {
        return header().inactive();
    }

    /** The programs whose calls it is about. */
    default Glob program() {
        return header().program();
    }

    /** What it does. */
    default Action action() {
        return header().action();
    }

    /** How grave a hit is, 0 to 10. */
    default OptionalInt severity() {
        return header().severity();
    }

    /** Labels its events carry. */
    default List<String> tags() {
        return header().tags();
    }

    /** A text its events carry. */
    default Optional<String> message() {
        return header().message();
    }

    /** Whether it is also about the descendants of its programs. */
    default boolean followChildren() {
        return header().followChildren();
    }

    /**
     * A rule about files.
     *
     * @param header what every rule has
     * @param access reading or writing
     * @param file the files
     */
    record FileRule(RuleHeader header, Access access, Glob file) implements Rule {
        @Override
        public RuleType type() {
            return access == Access.READ ? RuleType.READ : RuleType.WRITE;
        }
    }

    /**
     * A rule about IPv4 and IPv6 connections.
     *
     * @param header what every rule has
     * @param direction out or in
     * @param address the other end's address
     * @param port outbound the other end's port, inbound the container's own
     */
    record NetworkRule(RuleHeader header, Direction direction, AddressPattern address, PortPattern port)
            implements Rule {
        /**
         * Checks the address.
         *
         * @throws IllegalArgumentException if it is a socket path or a host name, which no such connection has
         */
        public NetworkRule {
            checkAddress(address);
        }

        static AddressPattern checkAddress(AddressPattern address) {
            if (address instanceof AddressPattern.TextGlob glob && !glob.canMatchIp()) {
                throw new IllegalArgumentException(Quoted.of(glob.text())
                        + " matches no IP address; write digits, dots, colons, * and ?, or a SYSCALL rule on the path");
            }
            return address;
        }

        @Override
        public RuleType type() {
            return direction == Direction.OUTBOUND ? RuleType.NETWORK_OUTBOUND : RuleType.NETWORK_INBOUND;
        }
    }

    /**
     * A rule about one system call and the exact siblings it has on an architecture.
     *
     * @param header what every rule has
     * @param syscall the call
     * @param syscallText the call's name as it was written
     * @param arguments the three patterns as they were written, empty for any; what they mean is said by
     *     {@link Syscall#roles}
     */
    record SyscallRule(RuleHeader header, Syscall syscall, String syscallText, List<String> arguments) implements Rule {
        /**
         * Checks the arguments.
         *
         * @throws IllegalArgumentException if they are not three, one is no pattern of its role, or the name is not one
         *     of the call
         */
        public SyscallRule {
            arguments = List.copyOf(arguments);
            if (arguments.size() != Syscall.ARGUMENTS) {
                throw new IllegalArgumentException("a rule has three arguments, not " + arguments.size());
            }
            for (int i = 0; i < arguments.size(); i++) {
                checkArgument(syscall, i, arguments.get(i));
            }
            if (!SyscallTable.standard().find(syscallText).equals(Optional.of(syscall))) {
                throw new IllegalArgumentException(Quoted.of(syscallText) + " is no name of " + syscall.name());
            }
        }

        static void checkArgument(Syscall syscall, int argument, String text) {
            ArgumentRole role = syscall.roles().get(argument);
            switch (role) {
                case FILENAME, OLD, NEW -> Glob.of(text);
                case NAME -> Glob.ofName(text);
                case PORT, LOCAL_PORT -> PortPattern.of(text);
                case ADDRESS -> AddressPattern.of(text);
                case DOMAIN, TYPE, PROTOCOL, RAW -> {
                    for (Arch arch : Arch.values()) {
                        IntegerPattern.of(text, role, arch);
                    }
                }
            }
        }

        @Override
        public RuleType type() {
            return RuleType.SYSCALL;
        }
    }

    /** Starts a rule about reading files that match a {@link Glob}. */
    static RuleBuilder.OfFile read(String file) {
        return new RuleBuilder.OfFile(Access.READ, Glob.of(file));
    }

    /** Starts a rule about writing files that match a {@link Glob}. */
    static RuleBuilder.OfFile write(String file) {
        return new RuleBuilder.OfFile(Access.WRITE, Glob.of(file));
    }

    /** Starts a rule about connections to addresses that match an {@link AddressPattern}. */
    static RuleBuilder.OfNetwork outbound(String address) {
        return new RuleBuilder.OfNetwork(Direction.OUTBOUND, AddressPattern.of(address));
    }

    /** Starts a rule about connections from addresses that match an {@link AddressPattern}. */
    static RuleBuilder.OfNetwork inbound(String address) {
        return new RuleBuilder.OfNetwork(Direction.INBOUND, AddressPattern.of(address));
    }

    /**
     * Starts a rule about a system call.
     *
     * @param name a name of the call: the kernel's, the user guide's, or the kernel's with {@code sys_} before it
     * @throws IllegalArgumentException if no call has this name
     */
    static RuleBuilder.OfSyscall syscall(String name) {
        return new RuleBuilder.OfSyscall(SyscallNames.find(name), name);
    }
}
