package io.crs.policy.analyze;

import io.crs.policy.Endpoint;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The shapes of calls that differ to some policies, one of each. */
final class CallClasses {
    private CallClasses() {}

    /** What a shape is to a policy: its parts, and the calls by whose names SYSCALL rules are about it. */
    private record Seen(List<PolicyView.Part> parts, List<Syscall> named) {
        static Seen of(PolicyView view, CallShape shape) {
            List<PolicyView.Part> parts = view.parts(shape);
            return new Seen(parts, parts.isEmpty() ? List.of() : view.named(shape));
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
        Map<Key, CallShape> shapes = new LinkedHashMap<>();
        for (CallShape shape : CallShape.all(arch)) {
            List<Seen> seen = new ArrayList<>();
            for (PolicyView view : views) {
                seen.add(Seen.of(view, shape));
            }
            if (seen.stream().anyMatch(each -> !each.parts.isEmpty())) {
                shapes.putIfAbsent(Key.of(seen, shape), shape);
            }
        }
        return List.copyOf(shapes.values());
    }
}
