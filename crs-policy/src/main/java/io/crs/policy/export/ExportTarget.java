package io.crs.policy.export;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A system that enforces or reports what containers do, and reads its rules from a file. */
public enum ExportTarget {
    /** A seccomp profile of the OCI runtime specification ({@code linux.seccomp}), JSON. */
    SECCOMP("seccomp"),
    /** Falco rules, YAML. */
    FALCO("falco"),
    /** Tetragon's {@code TracingPolicy}, {@code cilium.io/v1alpha1}, YAML. */
    TETRAGON("tetragon"),
    /** {@code KubeArmorPolicy}, {@code security.kubearmor.com/v1}, YAML. */
    KUBEARMOR("kubearmor"),
    /** An AppArmor profile, in the language of AppArmor 3. */
    APPARMOR("apparmor"),
    /** The Kubernetes {@code NetworkPolicy}, {@code networking.k8s.io/v1}, YAML. */
    NETWORK_POLICY("network-policy");

    private final String id;

    ExportTarget(String id) {
        this.id = id;
    }

    /** The name on a command line: {@code seccomp}, {@code network-policy}. */
    public String id() {
        return id;
    }

    /** The target with this {@link #id}; empty if there is none. */
    public static Optional<ExportTarget> of(String id) {
        return Arrays.stream(values()).filter(target -> target.id.equals(id)).findFirst();
    }

    /** The ids of all targets. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(ExportTarget::id).toList();
    }
}
