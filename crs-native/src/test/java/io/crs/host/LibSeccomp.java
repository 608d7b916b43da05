package io.crs.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The real libseccomp, told what a runtime tells it of a profile, as runc reads {@code linux.seccomp}. */
final class LibSeccomp {
    static final int ALLOW = 0x7fff0000;
    static final int LOG = 0x7ffc0000;
    static final int ERRNO = 0x00050000;
    static final Map<String, Integer> ARCHITECTURES =
            Map.of("SCMP_ARCH_X86_64", 0xC000003E, "SCMP_ARCH_AARCH64", 0xC00000B7);

    private static final int EEXIST = 17;
    private static final int CONDITION = 24;
    private static final List<String> OPERATORS = List.of(
            "",
            "SCMP_CMP_NE",
            "SCMP_CMP_LT",
            "SCMP_CMP_LE",
            "SCMP_CMP_EQ",
            "SCMP_CMP_GE",
            "SCMP_CMP_GT",
            "SCMP_CMP_MASKED_EQ");

    private final NativeLibrary library;

    /**
     * Loads it.
     *
     * @throws UnsatisfiedLinkError if it is not there
     */
    LibSeccomp() {
        library = NativeLibrary.getInstance("libseccomp.so.2");
    }

    private int call(String function, Object... arguments) {
        return library.getFunction(function).invokeInt(arguments);
    }

    private void check(String function, Object... arguments) {
        int result = call(function, arguments);
        if (result < 0 && result != -EEXIST) {
            throw new AssertionError(function + " failed with " + result);
        }
    }

    /** The number of a call on this machine; negative if the library does not know it. */
    int number(String call) {
        return call("seccomp_syscall_resolve_name", call);
    }

    /** The filter of a profile. */
    BpfProgram compile(String profile, Path folder) throws IOException {
        JsonNode root = new ObjectMapper().readTree(profile);
        int byDefault = action(root.get("defaultAction").asText(), root.path("defaultErrnoRet"));
        Pointer filter = library.getFunction("seccomp_init").invokePointer(new Object[] {byDefault});
        try {
            for (JsonNode arch : root.path("architectures")) {
                check("seccomp_arch_add", filter, ARCHITECTURES.get(arch.asText()));
            }
            for (JsonNode entry : root.path("syscalls")) {
                int action = action(entry.get("action").asText(), entry.path("errnoRet"));
                for (JsonNode name : entry.get("names")) {
                    int number = number(name.asText());
                    // A runtime leaves out names it does not know, and what the default does in any case.
                    if (number >= 0 && action != byDefault) {
                        add(filter, number, action, entry.path("args"));
                    }
                }
            }
            return export(filter, folder.resolve("filter.bpf"));
        } finally {
            library.getFunction("seccomp_release").invokeVoid(new Object[] {filter});
        }
    }

    private static int action(String name, JsonNode errno) {
        return switch (name) {
            case "SCMP_ACT_ALLOW" -> ALLOW;
            case "SCMP_ACT_LOG" -> LOG;
            case "SCMP_ACT_ERRNO" -> ERRNO | errno.asInt(1);
            default -> throw new AssertionError(name);
        };
    }

    /** Two conditions on one argument are alternatives to a runtime, each a rule of its own. */
    private void add(Pointer filter, int number, int action, JsonNode conditions) {
        Set<Integer> arguments = new HashSet<>();
        boolean alternatives = false;
        for (JsonNode condition : conditions) {
            alternatives |= !arguments.add(condition.get("index").asInt());
        }
        Memory all = new Memory(CONDITION * Math.max(1L, conditions.size()));
        all.clear();
        for (int i = 0; i < conditions.size(); i++) {
            write(all, i * CONDITION, conditions.get(i));
            if (alternatives) {
                check("seccomp_rule_add_array", filter, action, number, 1, all.share(i * (long) CONDITION));
            }
        }
        if (!alternatives) {
            check("seccomp_rule_add_array", filter, action, number, conditions.size(), all);
        }
    }

    private static void write(Memory memory, int at, JsonNode condition) {
        int operator = OPERATORS.indexOf(condition.get("op").asText());
        if (operator < 1) {
            throw new AssertionError(condition);
        }
        memory.setInt(at, condition.get("index").asInt());
        memory.setInt(at + 4, operator);
        memory.setLong(at + 8, Long.parseUnsignedLong(condition.get("value").asText()));
        memory.setLong(
                at + 16, Long.parseUnsignedLong(condition.path("valueTwo").asText("0")));
    }

    private BpfProgram export(Pointer filter, Path file) throws IOException {
        NativeLibrary c = NativeLibrary.getInstance("c");
        int descriptor = c.getFunction("creat").invokeInt(new Object[] {file.toString(), 0600});
        if (descriptor < 0) {
            throw new IOException("cannot create " + file);
        }
        try {
            check("seccomp_export_bpf", filter, descriptor);
        } finally {
            c.getFunction("close").invokeInt(new Object[] {descriptor});
        }
        return new BpfProgram(Files.readAllBytes(file));
    }
}
