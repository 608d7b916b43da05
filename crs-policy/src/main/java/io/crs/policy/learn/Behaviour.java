package io.crs.policy.learn;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.RuleType;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One thing a program did to one object.
 *
 * @param kind what was done
 * @param program the program, resolved; empty if not known
 * @param object the file's path, resolved; the address and port; or the local port; empty if not known
 * @param alias the path that was asked for
 */
record Behaviour(Kind kind, String program, String object, String alias) {
    /** All that a call does and a default decides where no rule does. */
    static List<Behaviour> of(Call call) {
        String program = call.program().or(call::exec).orElse("");
        List<Behaviour> all = new ArrayList<>();
        if (call.syscall().operation() == OperationClass.EXEC) {
            all.add(file(Kind.EXECUTE, program, call.path()));
        }
        Set<RuleType> operations = call.operations();
        for (RuleType type : operations) {
            switch (type) {
                case READ -> all.add(file(Kind.READ, program, call.path()));
                case WRITE -> {
                    all.add(file(Kind.WRITE, program, call.written()));
                    if (hasTwoFiles(call)) {
                        all.add(file(Kind.WRITE, program, call.newPath()));
                    }
                }
                case NETWORK_OUTBOUND -> all.add(socket(Kind.OUTBOUND, program, outbound(call)));
                case NETWORK_INBOUND -> all.add(socket(Kind.INBOUND, program, digits(call.localPort())));
                case SYSCALL -> {}
            }
        }
        return all;
    }

    private static boolean hasTwoFiles(Call call) {
        OperationClass operation = call.syscall().operation();
        return operation == OperationClass.RENAME || operation == OperationClass.LINK;
    }

    private static Behaviour file(Kind kind, String program, FilePath path) {
        return new Behaviour(
                kind, program, path.resolved().orElse(""), path.requested().orElse(""));
    }

    private static Behaviour socket(Kind kind, String program, Optional<String> object) {
        return new Behaviour(kind, program, object.orElse(""), "");
    }

    /** The address, a blank and the port. */
    private static Optional<String> outbound(Call call) {
        return call.address() instanceof Endpoint.Inet inet
                ? digits(call.port()).map(port -> inet.address() + " " + port)
                : Optional.empty();
    }

    private static Optional<String> digits(OptionalInt port) {
        // Port 0 of a rule is any port.
        return port.isPresent() && port.getAsInt() > 0
                ? Optional.of(Integer.toString(port.getAsInt()))
                : Optional.empty();
    }

    /** What was done, for a person. */
    String describe() {
        String what = object.isEmpty() ? "something unknown" : object;
        String text =
                switch (kind) {
                    case EXECUTE -> "execute " + what;
                    case READ -> "read " + what;
                    case WRITE -> "write " + what;
                    case OUTBOUND -> "connect to " + what.replace(" ", " port ");
                    case INBOUND -> "accept on port " + what;
                };
        return program.isEmpty() ? text : text + " by " + program;
    }
}
