package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The defaults of a policy that deny, by the names of their fields. */
final class DenyingDefaults {
    private DenyingDefaults() {}

    static List<String> of(Policy policy) {
        Map<String, Action> defaults = new LinkedHashMap<>();
        defaults.put("defaultFileAction", policy.defaultFileAction());
        defaults.put("defaultNetworkAction", policy.defaultNetworkAction());
        defaults.put("defaultExecuteAction", policy.defaultExecuteAction());
        defaults.put("driftAction", policy.driftAction());
        return defaults.keySet().stream()
                .filter(name -> policy.mode() != PolicyMode.INACTIVE && defaults.get(name) == Action.DENY)
                .toList();
    }

    /** Marks for a system that denies nothing by default. */
    static List<RuleMark> unsupported(Policy policy, String reason) {
        return of(policy).stream()
                .map(name -> new RuleMark(-1, name, Fidelity.UNSUPPORTED, reason))
                .toList();
    }
}
