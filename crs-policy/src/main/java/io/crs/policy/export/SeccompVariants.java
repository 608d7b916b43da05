package io.crs.policy.export;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The calls that one system call may be, as far as a policy tells them apart and its registers do not show it. */
final class SeccompVariants {
    private final Syscall call;
    private final boolean drifts;
    private final OptionalInt flagRegister;
    private final List<Integer> flagBits;

    /**
     * The variants of a call.
     *
     * @param drifts whether it makes a difference that an executable is not the image's
     */
    SeccompVariants(Syscall call, boolean drifts) {
        this.call = call;
        this.drifts = drifts;
        flagRegister = SeccompFlags.register(call);
        flagBits = SeccompFlags.bits(call);
    }

    /** The calls that a set of register contents may be, in all that makes a difference but cannot be seen. */
    List<Call> of(Cube cube) {
        List<Call> variants = new ArrayList<>();
        for (int flags : flags(cube)) {
            for (Endpoint address : addresses()) {
                for (boolean drift : drifts()) {
                    variants.add(Call.of(call)
                            .flags(flags)
                            .address(address)
                            .drift(drift)
                            .build());
                }
            }
        }
        return variants;
    }

    private List<Endpoint> addresses() {
        return switch (call.operation()) {
            case CONNECT, ACCEPT -> List.of(Endpoint.UNKNOWN, Endpoint.of("/"));
            case SEND -> List.of(Endpoint.UNKNOWN, Endpoint.of("/"), Endpoint.NONE);
            default -> List.of(Endpoint.UNKNOWN);
        };
    }

    private List<Boolean> drifts() {
        boolean counts = drifts && call.operation() == OperationClass.EXEC;
        return counts ? List.of(false, true) : List.of(false);
    }

    /** All flags the call may have, in the bits that count. */
    private List<Integer> flags(Cube cube) {
        List<Integer> all = List.of(0);
        for (int bit : flagBits) {
            boolean known =
                    flagRegister.isPresent() && (cube.mask(flagRegister.getAsInt()) & Integer.toUnsignedLong(bit)) != 0;
            boolean set = known && (cube.value(flagRegister.getAsInt()) & Integer.toUnsignedLong(bit)) != 0;
            List<Integer> next = new ArrayList<>();
            for (int flags : all) {
                if (!known || !set) {
                    next.add(flags);
                }
                if (!known || set) {
                    next.add(flags | bit);
                }
            }
            all = next;
        }
        return all;
    }
}
