package io.crs.policy.compile;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.syscall.Arch;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The flat bytes of a {@link Call}, which the native table decides; {@code docs/table-format.md} has the layout. */
public final class CallRecord {
    private static final int FIXED = 104;
    private static final int UNKNOWN = -1;
    private static final int INET = 2;
    private static final int INET6 = 3;
    private static final int OTHER = 4;

    private CallRecord() {}

    /**
     * The record of a call.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public static byte[] encode(Call call, Arch arch) {
        ByteBuffer fixed = ByteBuffer.allocate(FIXED).order(ByteOrder.LITTLE_ENDIAN);
        byte[] address = address(call.address());
        fixed.putInt(4, CallNumbers.of(call.syscall(), arch));
        fixed.putInt(8, call.flags());
        fixed.put(12, (byte) kind(call.address()));
        fixed.put(13, (byte) (call.directory().isEmpty() ? 0 : call.directory().get() ? 2 : 1));
        fixed.put(14, (byte) (call.drift() ? 1 : 0));
        fixed.putInt(16, call.port().orElse(UNKNOWN));
        fixed.putInt(20, call.localPort().orElse(UNKNOWN));
        fixed.put(24, address);
        int known = 0;
        for (int i = 0; i < Call.ARGUMENTS; i++) {
            OptionalLong argument = call.args().get(i);
            known |= argument.isPresent() ? 1 << i : 0;
            fixed.putLong(40 + Long.BYTES * i, argument.orElse(0));
        }
        fixed.put(15, (byte) known);
        List<String> programs = call.programs();
        fixed.putInt(88, programs.size());
        fixed.putInt(92, call.ancestors().size());
        ByteArrayOutputStream strings = new ByteArrayOutputStream();
        programs.forEach(program -> put(strings, Optional.of(program)));
        call.ancestors().forEach(program -> put(strings, Optional.of(program)));
        put(strings, call.path());
        put(strings, call.newPath());
        put(strings, call.address() instanceof Endpoint.Other other ? Optional.of(other.text()) : Optional.empty());
        put(strings, call.name());
        fixed.putInt(0, FIXED + strings.size());
        ByteBuffer record = ByteBuffer.allocate(FIXED + strings.size());
        return record.put(fixed.array()).put(strings.toByteArray()).array();
    }

    private static int kind(Endpoint endpoint) {
        if (endpoint instanceof Endpoint.Inet inet) {
            return inet.address().isIpv4() ? INET : INET6;
        }
        return endpoint instanceof Endpoint.Other ? OTHER : endpoint instanceof Endpoint.None ? 1 : 0;
    }

    private static byte[] address(Endpoint endpoint) {
        return endpoint instanceof Endpoint.Inet inet ? inet.address().bytes() : new byte[0];
    }

    private static void put(ByteArrayOutputStream strings, FilePath path) {
        put(strings, path.requested());
        put(strings, path.resolved());
    }

    private static void put(ByteArrayOutputStream strings, Optional<String> text) {
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        byte[] utf8 = text.orElse("").getBytes(StandardCharsets.UTF_8);
        length.putInt(0, text.isPresent() ? utf8.length : UNKNOWN);
        strings.writeBytes(length.array());
        strings.writeBytes(utf8);
    }
}
