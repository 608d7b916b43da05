package io.crs.policy.analyze;

import io.crs.policy.Endpoint;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The shapes of calls that differ to some policies, one of each. */
final class CallClasses {
    private CallClasses() {}

    /** What a shape is to a policy. */
    private record Seen(List<PolicyView.Part> parts, List<Integer> named) {
        static Seen of(PolicyView view, CallShape shape, List<Integer> syscallRules) {
            List<PolicyView.Part> parts = view.parts(shape);
            List<Integer> named = new ArrayList<>();
            for (int rule : syscallRules) {
                if (!parts.isEmpty() && view.isAbout(view.rules().get(rule), shape, parts.get(0))) {
                    named.add(rule);
                }
            }
            return new Seen(parts, named);
        }
    }

    /** What a shape is to all policies; roles count where a rule looks at arguments by them. */
    private record Key(
            List<Seen> seen, List<ArgumentRole> roles, Object address, Optional<Boolean> directory, boolean named) {
        static Key of(List<Seen> seen, CallShape shape) {
            boolean named = seen.stream().anyMatch(each -> !each.named.isEmpty());
            boolean known = shape.hasInternetAddress() || shape.address() instanceof Endpoint.Other;
            return new Key(
                    seen,
                    named ? shape.syscall().roles() : List.of(),
                    known ? shape.address() : Optional.empty(),
                    shape.directory(),
                    named);
        }
    }

    static List<CallShape> of(List<PolicyView> views, Arch arch) {
        List<List<Integer>> syscallRules =
                views.stream().map(CallClasses::syscallRules).toList();
        Map<Key, CallShape> shapes = new LinkedHashMap<>();
        for (CallShape shape : CallShape.all(arch)) {
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < views.size(); i++) {
                seen.add(Seen.of(views.get(i), shape, syscallRules.get(i)));
            }
            if (seen.stream().anyMatch(each -> !each.parts.isEmpty())) {
                shapes.putIfAbsent(Key.of(seen, shape), shape);
            }
        }
        return List.copyOf(shapes.values());
    }

    private static List<Integer> syscallRules(PolicyView view) {
        List<Integer> rules = new ArrayList<>();
        for (int i = 0; i < view.rules().size(); i++) {
            if (view.rules().get(i) instanceof Rule.SyscallRule) {
                rules.add(i);
            }
        }
        return rules;
    }
}
