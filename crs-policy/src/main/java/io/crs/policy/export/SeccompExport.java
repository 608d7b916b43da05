package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The export to a seccomp profile. It never stops what the policy lets through. */
final class SeccompExport {
    private static final Set<String> IO_URING = Set.of("io_uring_setup", "io_uring_enter", "io_uring_register");
    /** The sets of register contents of all calls that one filter of the kernel has room for. */
    private static final int MAX_REGIONS = 512;

    private static final int MOST_NAMED = 4;

    /** How often the filter does what a rule says, and for which calls it does not. */
    private static final class Tally {
        private long kept;
        private final Set<String> missed = new LinkedHashSet<>();

        void count(boolean hit, Syscall call) {
            if (hit) {
                kept++;
            } else {
                missed.add(call.name());
            }
        }

        Fidelity fidelity() {
            return missed.isEmpty() ? Fidelity.EXACT : kept > 0 ? Fidelity.UNDER : Fidelity.UNSUPPORTED;
        }
    }

    private final Policy policy;
    private final ExportOptions options;
    private final SeccompCandidates candidates;
    private final SeccompProfile profile;
    private final Map<Integer, Tally> tallies = new HashMap<>();
    private final Map<String, Tally> defaults = new HashMap<>();
    private int used;

    private SeccompExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        candidates = new SeccompCandidates(policy);
        profile = new SeccompProfile(options.arch());
    }

    static Export of(Policy policy, ExportOptions options) {
        SeccompExport export = new SeccompExport(policy, options);
        if (policy.mode() != PolicyMode.INACTIVE) {
            SyscallTable.standard().on(options.arch()).forEach(export::add);
            export.closeIoUring();
        }
        return new Export(ExportTarget.SECCOMP, export.profile.toJson(), export.marks());
    }

    private void add(Syscall call) {
        List<SeccompCandidates.Alike> alike = candidates.of(call);
        if (alike.isEmpty() && !hasDefault(call.operation())) {
            return;
        }
        List<Rule> rules = alike.stream().map(SeccompCandidates.Alike::rule).toList();
        boolean divisible = used < MAX_REGIONS && candidates.isDivisible(call);
        SeccompCall view = new SeccompCall(policy, options.arch(), call, rules, divisible);
        List<SeccompCall.Region> regions = view.regions();
        used += regions.size() - 1;
        for (SeccompCall.Region region : regions) {
            profile.add(call, region.cube(), emitted(region.action()), errno(call.operation()));
            tally(call, alike, view, region);
        }
    }

    private boolean hasDefault(OperationClass operation) {
        return switch (operation) {
            case NONE, NAME -> false;
            default -> true;
        };
    }

    private Action emitted(Action action) {
        return action == Action.DENY && policy.mode() == PolicyMode.PERMISSIVE ? Action.MONITOR : action;
    }

    static int errno(OperationClass operation) {
        return switch (operation) {
            case OPEN, READ, WRITE, RENAME, LINK, EXEC -> SeccompProfile.EACCES;
            default -> SeccompProfile.EPERM;
        };
    }

    private void tally(Syscall call, List<SeccompCandidates.Alike> alike, SeccompCall view, SeccompCall.Region region) {
        for (int i = 0; i < alike.size(); i++) {
            if (view.mayDecide(i, region.cube())) {
                boolean hit = region.action() == alike.get(i).rule().action();
                alike.get(i).members().forEach(index -> tallies.computeIfAbsent(index, key -> new Tally())
                        .count(hit, call));
            }
        }
        if (view.mayDenyByDefault(region.cube())) {
            defaults.computeIfAbsent(defaultName(call.operation()), name -> new Tally())
                    .count(region.action() == Action.DENY, call);
        }
    }

    private String defaultName(OperationClass operation) {
        return switch (operation) {
            case CONNECT, SEND, ACCEPT -> "defaultNetworkAction";
            case EXEC -> policy.defaultExecuteAction() == Action.DENY ? "defaultExecuteAction" : "driftAction";
            default -> "defaultFileAction";
        };
    }

    /** What is done through io_uring is no system call; a filter on calls means nothing while it is open. */
    private void closeIoUring() {
        List<Syscall> rings = SyscallTable.standard().on(options.arch()).stream()
                .filter(call -> IO_URING.contains(call.name()))
                .toList();
        if (!profile.isEmpty() && rings.stream().noneMatch(candidates::isNamed)) {
            rings.forEach(call -> profile.add(call, Cube.whole(), Action.DENY, SeccompProfile.ENOSYS));
        }
    }

    private List<RuleMark> marks() {
        List<RuleMark> marks = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            marks.add(mark(i, policy.rules().get(i)));
        }
        for (String name :
                List.of("defaultFileAction", "defaultNetworkAction", "defaultExecuteAction", "driftAction")) {
            Tally tally = defaults.get(name);
            if (tally != null) {
                String reason = tally.missed.isEmpty() ? "" : "rules about what a filter cannot see go before it";
                marks.add(new RuleMark(-1, name, tally.fidelity(), reason + calls(tally)));
            }
        }
        return marks;
    }

    private RuleMark mark(int index, Rule rule) {
        Tally tally = tallies.get(index);
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            return new RuleMark(index, rule.name(), Fidelity.EXACT, "inactive: it decides nothing");
        }
        if (tally == null) {
            boolean library =
                    rule instanceof Rule.SyscallRule named && named.syscall().library();
            return library
                    ? new RuleMark(index, rule.name(), Fidelity.UNSUPPORTED, "a library call is no system call")
                    : new RuleMark(index, rule.name(), Fidelity.EXACT, "it decides no call of the architecture");
        }
        return new RuleMark(
                index,
                rule.name(),
                tally.fidelity(),
                tally.missed.isEmpty() ? "" : SeccompReason.of(rule) + calls(tally));
    }

    private static String calls(Tally tally) {
        if (tally.kept == 0 || tally.missed.isEmpty()) {
            return "";
        }
        List<String> names = tally.missed.stream().limit(MOST_NAMED).toList();
        return ": not for " + String.join(", ", names) + (tally.missed.size() > MOST_NAMED ? " and others" : "");
    }
}
