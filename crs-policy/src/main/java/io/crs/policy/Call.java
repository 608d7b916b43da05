package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One system call, with as much of it as is known: what a policy decides about. What is not known matches only patterns
 * for anything. Names and addresses are in their normal form. Immutable.
 *
 * @param syscall the call that was made
 * @param program the executable of the process, resolved
 * @param exec the path it was given to exec by
 * @param ancestors the executables of its parent, grandparent and so on
 * @param path the file, or the first of two
 * @param newPath the second file of rename and link calls
 * @param flags open flags, or the flags of an at-call; 0 if there are none
 * @param address the address of a network call
 * @param port the port of {@code address}, 0 to 65535
 * @param localPort the port a connection came in on, 0 to 65535
 * @param args the six raw arguments, each a 64-bit number
 * @param name the host name a library call looks up, with ASCII letters in lower case and no dot at the end
 * @param directory whether {@code path} is a folder
 * @param drift whether {@code path} is an executable that is not in the image, or differs from it
 */
public record Call(
        Syscall syscall,
        Optional<String> program,
        Optional<String> exec,
        List<String> ancestors,
        FilePath path,
        FilePath newPath,
        int flags,
        Endpoint address,
        OptionalInt port,
        OptionalInt localPort,
        List<OptionalLong> args,
        Optional<String> name,
        Optional<Boolean> directory,
        boolean drift) {
    /** The number of raw arguments. */
    public static final int ARGUMENTS = 6;

    /**
     * Brings everything into its normal form.
     *
     * @throws IllegalArgumentException if there are not six arguments, or a port is beyond 65535
     */
    public Call {
        program = program.map(Texts::wellFormed);
        exec = exec.map(Texts::wellFormed);
        ancestors = ancestors.stream().map(Texts::wellFormed).toList();
        args = List.copyOf(args);
        if (args.size() != ARGUMENTS) {
            throw new IllegalArgumentException("a call has " + ARGUMENTS + " arguments, not " + args.size());
        }
        checkPort(port);
        checkPort(localPort);
        if (name.isEmpty() && syscall.operation() == OperationClass.NAME) {
            name = textOf(address);
        }
        name = name.map(Texts::wellFormed).map(Glob::foldName);
    }

    private static void checkPort(OptionalInt port) {
        if (port.isPresent() && (port.getAsInt() < 0 || port.getAsInt() > PortPattern.MAX_PORT)) {
            throw new IllegalArgumentException("port " + port.getAsInt() + " is not 0 to " + PortPattern.MAX_PORT);
        }
    }

    private static Optional<String> textOf(Endpoint address) {
        return address instanceof Endpoint.Inet inet
                ? Optional.of(inet.address().toString())
                : address instanceof Endpoint.Other other ? Optional.of(other.text()) : Optional.empty();
    }

    /**
     * Starts a call of which nothing else is known.
     *
     * @param syscall a name of the call, as {@link Rule#syscall}
     */
    public static Builder of(String syscall) {
        return new Builder(SyscallNames.find(syscall));
    }

    /** Starts a call of which nothing else is known. */
    public static Builder of(Syscall syscall) {
        return new Builder(syscall);
    }

    /** The {@code openat} of a program that opens a file for reading. */
    public static Call open(String program, String path) {
        return of("openat").program(program).path(path).build();
    }

    /** The {@code execve} of a program that executes a file. */
    public static Call execute(String program, String path) {
        return of("execve").program(program).path(path).build();
    }

    /** The {@code connect} of a program to an IP address, or to a socket's path. */
    public static Call connect(String program, String address, int port) {
        return of("connect").program(program).address(address).port(port).build();
    }

    /**
     * The call that a JSON object stands for: {@code {"program":"/usr/bin/cat","syscall":"openat",
     * "filename":"/etc/passwd","flags":["O_RDONLY"]}}. {@code docs/policy.md} lists its fields.
     *
     * @param json the object
     * @param arch the architecture the call is made on
     * @throws InvalidCallException if it is no such object, or the architecture lacks the call
     */
    public static Call read(String json, Arch arch) throws InvalidCallException {
        try {
            return JsonDocument.read(json, CallForm.on(arch));
        } catch (InvalidPolicyException e) {
            throw new InvalidCallException(e.problems());
        }
    }

    /** The JSON object that stands for this call on an architecture, in one line. */
    public String toJson(Arch arch) {
        return JsonDocument.writeLine(out -> CallForm.on(arch).write(out, this));
    }

    /** The program's names, each once: as it was resolved, and as exec was asked for it. */
    public List<String> programs() {
        List<String> names = new ArrayList<>(program.stream().toList());
        exec.filter(path -> !names.contains(path)).ifPresent(names::add);
        return names;
    }

    /** The file that is written by a call that writes one: {@code O_TMPFILE} makes one, without a name, in its folder. */
    public FilePath written() {
        return Part.isUnnamed(this) ? path.inside() : path;
    }

    /**
     * The types of rules that have a say on what this call does, {@link RuleType#SYSCALL} aside: none for one that no
     * file and no network rule is about.
     */
    public Set<RuleType> operations() {
        Set<RuleType> types = EnumSet.noneOf(RuleType.class);
        for (Part part : Part.of(this, Arch.X86_64, Translation.COMPLETE)) {
            if (part.weight() == Part.Weight.ALWAYS) {
                Arrays.stream(RuleType.values()).filter(part.kind()::isOf).forEach(types::add);
            }
        }
        return types;
    }

    /** Makes a {@link Call}. For one thread. */
    public static final class Builder {
        private final Syscall syscall;
        private Optional<String> program = Optional.empty();
        private Optional<String> exec = Optional.empty();
        private List<String> ancestors = List.of();
        private FilePath path = FilePath.UNKNOWN;
        private FilePath newPath = FilePath.UNKNOWN;
        private int flags;
        private Endpoint address = Endpoint.UNKNOWN;
        private OptionalInt port = OptionalInt.empty();
        private OptionalInt localPort = OptionalInt.empty();
        private final OptionalLong[] args = new OptionalLong[ARGUMENTS];
        private Optional<String> name = Optional.empty();
        private Optional<Boolean> directory = Optional.empty();
        private boolean drift;

        private Builder(Syscall syscall) {
            this.syscall = syscall;
            Arrays.fill(args, OptionalLong.empty());
        }

        /** The executable of the process, resolved. */
        public Builder program(String executable) {
            program = Optional.of(executable);
            return this;
        }

        /** The path given to exec. */
        public Builder exec(String given) {
            exec = Optional.of(given);
            return this;
        }

        /** The executables of the parent, grandparent and so on. */
        public Builder ancestors(String... executables) {
            ancestors = List.of(executables);
            return this;
        }

        /** The file, reached by the name that was asked for. */
        public Builder path(String requested) {
            path = FilePath.of(requested);
            return this;
        }

        /** The file, or the first of two. */
        public Builder path(FilePath names) {
            path = names;
            return this;
        }

        /** The second file. */
        public Builder newPath(FilePath names) {
            newPath = names;
            return this;
        }

        /** The flags. */
        public Builder flags(int bits) {
            flags = bits;
            return this;
        }

        /** The address, as text; {@link Endpoint#of} says which. */
        public Builder address(String text) {
            address = Endpoint.of(text);
            return this;
        }

        /** The address. */
        public Builder address(Endpoint endpoint) {
            address = endpoint;
            return this;
        }

        /** The port of the address. */
        public Builder port(int number) {
            port = OptionalInt.of(number);
            return this;
        }

        /** The port a connection came in on. */
        public Builder localPort(int number) {
            localPort = OptionalInt.of(number);
            return this;
        }

        /**
         * A raw argument.
         *
         * @param number 1 to 6
         * @param value its 64 bits
         */
        public Builder arg(int number, long value) {
            args[number - 1] = OptionalLong.of(value);
            return this;
        }

        /** The host name that a library call looks up. */
        public Builder name(String host) {
            name = Optional.of(host);
            return this;
        }

        /** Whether the file is a folder. */
        public Builder directory(boolean folder) {
            directory = Optional.of(folder);
            return this;
        }

        /** Says that the file is an executable that is not in the image. */
        public Builder drift(boolean drifted) {
            drift = drifted;
            return this;
        }

        /**
         * The call.
         *
         * @throws IllegalArgumentException if a port is beyond 65535
         */
        public Call build() {
            return new Call(
                    syscall,
                    program,
                    exec,
                    ancestors,
                    path,
                    newPath,
                    flags,
                    address,
                    port,
                    localPort,
                    List.of(args),
                    name,
                    directory,
                    drift);
        }
    }
}
