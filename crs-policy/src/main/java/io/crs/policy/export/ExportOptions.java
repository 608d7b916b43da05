package io.crs.policy.export;

import io.crs.syscall.Arch;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an exported document needs to know beside the policy. Immutable.
 *
 * @param arch the architecture; only seccomp profiles differ by it
 * @param name the name of the document's objects; empty to make one of the policy's name
 * @param labels the labels of the pods it is about, for Kubernetes; empty for all pods of the namespace
 */
public record ExportOptions(Arch arch, String name, Map<String, String> labels) {
    /** The longest name, as Kubernetes has it. */
    public static final int MAX_NAME = 63;

    private static final String LABEL = "([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)";
    private static final String KEY = "([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?" + LABEL;

    /**
     * Checks the texts, and orders the labels.
     *
     * @throws IllegalArgumentException if the name is no name, or a label no label, of Kubernetes
     */
    public ExportOptions {
        if (!name.isEmpty() && !ResourceName.isValid(name)) {
            throw new IllegalArgumentException(
                    "a name has up to " + MAX_NAME + " lower-case letters, digits and -, not at its ends");
        }
        labels.forEach((key, value) -> {
            if (!key.matches(KEY) || !value.matches(LABEL + "?")) {
                throw new IllegalArgumentException("a label is no label of Kubernetes; write it as app=web");
            }
        });
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Options for an architecture, with a name made of the policy's, for all pods. */
    public static ExportOptions on(Arch arch) {
        return new ExportOptions(arch, "", Map.of());
    }
}
