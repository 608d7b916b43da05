package io.crs.cli;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code crs syscalls}: the table of system calls. */
@Command(
        name = "syscalls",
        description = "Lists the system calls: number, name, number and name in the user guide, what the call does to a"
                + " policy, and what the arguments of a rule that names it mean.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs syscalls",
            "  crs syscalls --arch aarch64 --json",
            "  crs syscalls openat          by the kernel's name",
            "  crs syscalls stub_execveat   by the user guide's",
            "  crs syscalls 257             by number"
        })
final class SyscallsCommand implements Callable<Integer> {
    private static final SyscallTable TABLE = SyscallTable.standard();

    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "One call, by name or number; all if not given.")
    private @Nullable String name;

    @Mixin
    private final ArchOption arch = new ArchOption();

    SyscallsCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Arch chosen = arch.orHost();
        List<Syscall> calls = name == null
                ? TABLE.all().stream()
                        .filter(call -> call.library() || call.number(chosen).isPresent())
                        .toList()
                : List.of(find(name, chosen));
        if (root.json()) {
            terminal.print(Json.line(Json.object(
                    "arch",
                    chosen.id(),
                    "source",
                    TABLE.source(),
                    "syscalls",
                    calls.stream().map(call -> json(call, chosen)).toList())));
        } else {
            Columns columns = new Columns("NUMBER", "NAME", "GUIDE", "GUIDE NAME", "CLASS", "ARGUMENTS");
            calls.forEach(call -> columns.add(
                    text(call.number(chosen)),
                    call.name(),
                    text(call.guideNumber()),
                    call.guideName().orElse("-"),
                    call.operation().name(),
                    String.join(" ", roles(call))));
            for (String line : columns.lines()) {
                terminal.print(line);
            }
        }
        return ExitCode.DONE;
    }

    private static Syscall find(String wanted, Arch arch) throws Refusal {
        Syscall call = TABLE.find(wanted)
                .or(() -> wanted.matches("[0-9]{1,5}")
                        ? TABLE.find(arch, Integer.parseInt(wanted)).or(() -> TABLE.findGuide(Integer.parseInt(wanted))
                                .filter(Syscall::library))
                        : java.util.Optional.empty())
                .orElseThrow(() -> Refusal.invalid("there is no system call \"" + wanted + "\" on " + arch.id()
                        + TABLE.nearest(wanted)
                                .map(near -> ", did you mean \"" + near + "\"?")
                                .orElse("")));
        if (!call.library() && call.number(arch).isEmpty()) {
            throw Refusal.no(call.name() + " does not exist on " + arch.id() + siblings(call, arch));
        }
        return call;
    }

    private static String siblings(Syscall call, Arch arch) {
        List<String> there = TABLE.siblings(call).stream()
                .filter(other -> other.number(arch).isPresent())
                .map(Syscall::name)
                .toList();
        return there.isEmpty() ? "" : "; a rule that names it covers " + String.join(", ", there) + " there";
    }

    private static Map<String, @Nullable Object> json(Syscall call, Arch arch) {
        return Json.object(
                "number",
                call.number(arch),
                "name",
                call.name(),
                "guideNumber",
                call.guideNumber(),
                "guideName",
                call.guideName(),
                "class",
                call.operation(),
                "roles",
                roles(call),
                "siblings",
                TABLE.siblings(call).stream()
                        .filter(other ->
                                !other.equals(call) && other.number(arch).isPresent())
                        .map(Syscall::name)
                        .toList());
    }

    private static List<String> roles(Syscall call) {
        return call.roles().stream().map(SyscallsCommand::role).toList();
    }

    private static String role(ArgumentRole role) {
        return role.name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    private static String text(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "-";
    }
}
