package io.crs.policy.export;

import io.crs.policy.Rule;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;

/** Why a filter on registers cannot do all that a rule says. */
final class SeccompReason {
    private SeccompReason() {}

    static String of(Rule rule) {
        List<String> unseen = new ArrayList<>();
        if (!rule.program().isAny()) {
            unseen.add("programs");
        }
        if (rule instanceof Rule.FileRule file && !file.file().isAny()) {
            unseen.add("names of files");
        } else if (rule instanceof Rule.NetworkRule) {
            unseen.add("addresses, not even whether a socket is one of the network");
        } else if (rule instanceof Rule.SyscallRule named) {
            unseen.addAll(ofArguments(named));
        }
        return unseen.isEmpty()
                ? "a filter cannot tell these calls from others that earlier rules decide, or that go through"
                : "a filter sees no " + String.join(", no ", unseen);
    }

    private static List<String> ofArguments(Rule.SyscallRule rule) {
        List<String> unseen = new ArrayList<>();
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            if (!rule.arguments().get(i).isBlank() && !rule.arguments().get(i).equals("*")) {
                String kind =
                        switch (rule.syscall().roles().get(i)) {
                            case FILENAME, OLD, NEW -> "names of files";
                            case PORT, LOCAL_PORT, ADDRESS -> "addresses";
                            case NAME -> "host names";
                            case DOMAIN, TYPE, PROTOCOL, RAW -> "";
                        };
                if (!kind.isEmpty() && !unseen.contains(kind)) {
                    unseen.add(kind);
                }
            }
        }
        return unseen;
    }
}
