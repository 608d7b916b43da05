package io.crs.policy;

import static io.crs.policy.Codecs.nullable;
import static io.crs.policy.Codecs.textOrInteger;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.KernelConstants;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The JSON form of a {@link Call} on one architecture, by the table of its fields. */
final class CallForm {
    private static final int MAX_ANCESTORS = 4096;
    private static final int MAX_FLAGS = 64;
    private static final long LARGEST_FLAGS = 0xFFFFFFFFL;
    private static final long AF_INET = 2;
    private static final long AF_INET6 = 10;

    private static final Map<Arch, Codec<Call>> FORMS = new EnumMap<>(Arch.class);

    static {
        for (Arch arch : Arch.values()) {
            FORMS.put(arch, new CallForm(arch).codec());
        }
    }

    private final Arch arch;
    private final Field<Call, String> syscall =
            Field.required("syscall", textOrInteger(), call -> call.syscall().name());
    private final Field<Call, String> program = text("program", Call::program);
    private final Field<Call, String> exec = text("exec", Call::exec);
    private final Field<Call, List<String>> ancestors =
            Field.usual("ancestors", Codecs.list(Codecs.text(), MAX_ANCESTORS), List.of(), Call::ancestors);
    private final Field<Call, String> cwd = text("cwd", call -> Optional.empty());
    private final Field<Call, String> filename =
            text("filename", call -> call.path().requested());
    private final Field<Call, String> resolved = text("resolved", call -> otherName(call.path()));
    private final Field<Call, String> newFilename =
            text("newFilename", call -> call.newPath().requested());
    private final Field<Call, String> newResolved = text("newResolved", call -> otherName(call.newPath()));
    private final Field<Call, List<String>> flags =
            Field.usual("flags", Codecs.listOrOne(textOrInteger(), MAX_FLAGS), List.of(), this::flagNames);
    private final Field<Call, String> family = Field.optional("family", textOrInteger(), CallForm::familyName);
    private final Field<Call, Optional<String>> address =
            Field.optional("address", nullable(Codecs.text()), CallForm::addressText);
    private final Field<Call, String> port = Field.optional("port", textOrInteger(), call -> digits(call.port()));
    private final Field<Call, String> localPort =
            Field.optional("localPort", textOrInteger(), call -> digits(call.localPort()));
    private final Field<Call, List<Optional<String>>> args = Field.usual(
            "args", Codecs.list(nullable(textOrInteger()), Call.ARGUMENTS), List.of(), CallArguments::write);
    private final Field<Call, String> name = text("name", Call::name);
    private final Field<Call, Boolean> directory = Field.optional("directory", Codecs.flag(), Call::directory);
    private final Field<Call, Boolean> drift = Field.usual("drift", Codecs.flag(), false, Call::drift);
    private final Field<Call, Integer> uid =
            Field.optional("uid", Codecs.integer(0, Integer.MAX_VALUE), call -> Optional.empty());

    private CallForm(Arch arch) {
        this.arch = arch;
    }

    /** The form on an architecture. */
    static Codec<Call> on(Arch arch) {
        return FORMS.getOrDefault(arch, new CallForm(arch).codec());
    }

    private Codec<Call> codec() {
        return new ObjectCodec<>(
                List.of(
                        program,
                        exec,
                        ancestors,
                        syscall,
                        cwd,
                        filename,
                        resolved,
                        newFilename,
                        newResolved,
                        flags,
                        family,
                        address,
                        port,
                        localPort,
                        args,
                        name,
                        directory,
                        drift,
                        uid),
                (values, in) -> {},
                this::make);
    }

    private static Field<Call, String> text(String name, Function<Call, Optional<String>> get) {
        return Field.optional(name, Codecs.text(), get);
    }

    private Call make(ObjectCodec.Values values) {
        Syscall made = syscall(values.require(syscall));
        CallArguments arguments = new CallArguments(made, arch, values.get(args).orElse(List.of()));
        Optional<Long> familyNumber = values.get(family).map(CallForm::family);
        Function<String, String> absolute = absolute(values.get(cwd));
        Optional<String> addressed =
                values.get(address).orElse(Optional.empty()).or(arguments::address);
        Optional<String> host = values.get(name).or(arguments::name);
        Endpoint endpoint = Endpoint.UNKNOWN;
        if (made.operation() == OperationClass.NAME) {
            host = host.or(() -> addressed);
        } else if (familyNumber.isPresent() && familyNumber.get() != AF_INET && familyNumber.get() != AF_INET6) {
            endpoint = new Endpoint.Other(addressed.orElse(""));
        } else {
            endpoint = addressed.map(Endpoint::of).orElse(values.wasThere(address) ? Endpoint.NONE : Endpoint.UNKNOWN);
        }
        return new Call(
                made,
                values.get(program),
                values.get(exec),
                values.get(ancestors).orElse(List.of()),
                new FilePath(
                        values.get(filename).or(arguments::path).map(absolute),
                        values.get(resolved).map(absolute)),
                new FilePath(
                        values.get(newFilename).or(arguments::newPath).map(absolute),
                        values.get(newResolved).map(absolute)),
                flags(values.get(flags).orElse(List.of())),
                endpoint,
                port("port", values.get(port), arguments.port()),
                port("localPort", values.get(localPort), arguments.localPort()),
                arguments.integers(familyNumber),
                host,
                values.get(directory),
                values.get(drift).orElse(false));
    }

    private Syscall syscall(String text) {
        Syscall made = text.matches("[0-9]{1,9}") ? numbered(Integer.parseInt(text)) : SyscallNames.find(text);
        if (made.number(arch).isPresent() || made.library()) {
            return made;
        }
        throw new IllegalArgumentException(made.name() + " does not exist on " + arch.id()
                + SyscallTable.standard().siblings(made).stream()
                        .filter(sibling -> sibling.number(arch).isPresent())
                        .findFirst()
                        .map(sibling -> "; use " + sibling.name())
                        .orElse(""));
    }

    private Syscall numbered(int number) {
        SyscallTable table = SyscallTable.standard();
        return table.find(arch, number)
                .or(() -> table.findGuide(number).filter(Syscall::library))
                .orElseThrow(
                        () -> new IllegalArgumentException("no system call has number " + number + " on " + arch.id()));
    }

    private static Function<String, String> absolute(Optional<String> cwd) {
        cwd.filter(folder -> !folder.startsWith("/")).ifPresent(folder -> {
            throw new IllegalArgumentException("cwd " + Quoted.of(folder) + " is not absolute");
        });
        return path -> cwd.map(folder -> FilePath.absolute(folder, path)).orElse(path);
    }

    private int flags(List<String> texts) {
        long bits = 0;
        for (String text : texts) {
            bits |= IntegerPattern.value(text.strip(), ArgumentRole.RAW, arch);
        }
        if (bits < 0 || bits > LARGEST_FLAGS) {
            throw new IllegalArgumentException("the flags do not fit 32 bits");
        }
        return (int) bits;
    }

    private List<String> flagNames(Call call) {
        if (call.flags() == 0) {
            return List.of();
        }
        long bits = Integer.toUnsignedLong(call.flags());
        return call.syscall().operation() == OperationClass.OPEN
                ? KernelConstants.openFlagNames(arch, bits)
                : List.of("0x" + Long.toHexString(bits));
    }

    private static long family(String text) {
        return IntegerPattern.value(text.strip(), ArgumentRole.DOMAIN, Arch.X86_64);
    }

    private static OptionalInt port(String field, Optional<String> text, OptionalInt otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("0|[1-9][0-9]{0,4}") || Integer.parseInt(text.get()) > PortPattern.MAX_PORT) {
            throw new IllegalArgumentException(
                    field + " " + Quoted.of(text.get()) + " is no number from 0 to " + PortPattern.MAX_PORT);
        }
        return OptionalInt.of(Integer.parseInt(text.get()));
    }

    private static Optional<String> digits(OptionalInt port) {
        return port.isPresent() ? Optional.of(Integer.toString(port.getAsInt())) : Optional.empty();
    }

    private static Optional<String> otherName(FilePath path) {
        return path.resolved().filter(name -> !path.requested().equals(Optional.of(name)));
    }

    private static Optional<String> familyName(Call call) {
        return call.address() instanceof Endpoint.Other ? Optional.of("AF_UNIX") : Optional.empty();
    }

    private static Optional<Optional<String>> addressText(Call call) {
        if (call.address() instanceof Endpoint.Inet inet) {
            return Optional.of(Optional.of(inet.address().toString()));
        }
        if (call.address() instanceof Endpoint.Other other) {
            return other.text().isEmpty() ? Optional.empty() : Optional.of(Optional.of(other.text()));
        }
        return call.address() instanceof Endpoint.None ? Optional.of(Optional.empty()) : Optional.empty();
    }
}
