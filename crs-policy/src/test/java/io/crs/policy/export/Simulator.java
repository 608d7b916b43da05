package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Call;

/** What another system does to a call, straight from the document that was exported for it. */
interface Simulator {
    /** DENY if it stops the call, MONITOR if it reports it and lets it through, else ALLOW. */
    Action effect(Call call);

    /** The simulator of a document; empty systems have none. */
    static Simulator of(ExportTarget target, String document) {
        return switch (target) {
            case SECCOMP -> throw new IllegalArgumentException("a filter sees registers; see SeccompInterpreter");
            case APPARMOR -> new AppArmorSimulator(document);
            case KUBEARMOR -> new KubeArmorSimulator(document);
            case TETRAGON -> new TetragonSimulator(document);
            case FALCO -> new FalcoSimulator(document);
            case NETWORK_POLICY -> new NetworkPolicySimulator(document);
        };
    }

    /** The stricter of two effects. */
    static Action stricter(Action one, Action other) {
        return one.isStricterThan(other) ? one : other;
    }
}
