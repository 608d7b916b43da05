package io.crs.policy.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Action;
import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A seccomp profile as {@code linux.seccomp} of the OCI runtime specification 1.2 has it. */
final class SeccompProfile {
    static final int EPERM = 1;
    static final int EACCES = 13;
    static final int ENOSYS = 38;

    /** The actions and errnos for which entries without arguments are joined. */
    private record Verdict(Action action, int errno) {}

    private record Conditional(Syscall call, Cube cube, Verdict verdict) {}

    private final Arch arch;
    private final Map<Verdict, List<Syscall>> unconditional = new LinkedHashMap<>();
    private final List<Conditional> conditional = new ArrayList<>();

    SeccompProfile(Arch arch) {
        this.arch = arch;
    }

    /** Adds what happens to a call with some register contents; sets of one call do not meet. What goes through is left out. */
    void add(Syscall call, Cube cube, Action action, int errno) {
        if (action == Action.ALLOW) {
            return;
        }
        Verdict verdict = new Verdict(action, action == Action.DENY ? errno : 0);
        if (cube.isWhole()) {
            unconditional.computeIfAbsent(verdict, key -> new ArrayList<>()).add(call);
        } else {
            conditional.add(new Conditional(call, cube, verdict));
        }
    }

    /** Whether everything goes through. */
    boolean isEmpty() {
        return unconditional.isEmpty() && conditional.isEmpty();
    }

    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeStringField("defaultAction", "SCMP_ACT_ALLOW");
            out.writeArrayFieldStart("architectures");
            out.writeString(
                    switch (arch) {
                        case X86_64 -> "SCMP_ARCH_X86_64";
                        case AARCH64 -> "SCMP_ARCH_AARCH64";
                    });
            out.writeEndArray();
            out.writeArrayFieldStart("syscalls");
            for (Map.Entry<Verdict, List<Syscall>> entry : unconditional.entrySet()) {
                write(out, entry.getValue(), entry.getKey(), Cube.whole());
            }
            for (Conditional entry : conditional) {
                write(out, List.of(entry.call), entry.verdict, entry.cube);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator out, List<Syscall> calls, Verdict verdict, Cube cube) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("names");
        for (Syscall call : calls) {
            out.writeString(call.name());
        }
        out.writeEndArray();
        out.writeStringField("action", verdict.action == Action.DENY ? "SCMP_ACT_ERRNO" : "SCMP_ACT_LOG");
        if (verdict.action == Action.DENY) {
            out.writeNumberField("errnoRet", verdict.errno);
        }
        if (!cube.isWhole()) {
            out.writeArrayFieldStart("args");
            for (int i = 0; i < Cube.REGISTERS; i++) {
                if (cube.mask(i) != 0) {
                    write(out, i, cube.mask(i), cube.value(i));
                }
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, int register, long mask, long value) throws IOException {
        out.writeStartObject();
        out.writeNumberField("index", register);
        if (mask == -1L) {
            out.writeNumberField("value", unsigned(value));
            out.writeStringField("op", "SCMP_CMP_EQ");
        } else {
            out.writeNumberField("value", unsigned(mask));
            out.writeNumberField("valueTwo", unsigned(value));
            out.writeStringField("op", "SCMP_CMP_MASKED_EQ");
        }
        out.writeEndObject();
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
