package io.crs.cli;

import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Policy;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;

/** Reads policies that are named on the command line. */
final class PolicyFile {
    /** The name for standard input. */
    static final String STANDARD_INPUT = "-";

    private PolicyFile() {}

    /** Reads a file, or standard input where the name is {@code -}. */
    static Policy read(String name, Terminal terminal) throws IOException, Refusal {
        try {
            return name.equals(STANDARD_INPUT) ? Policy.read(terminal.in()) : Policy.read(Path.of(name));
        } catch (InvalidPolicyException e) {
            throw Refusal.invalid(name.equals(STANDARD_INPUT) ? "standard input" : name, e);
        }
    }

    /** The policy in what has been read from a file. */
    static Policy parse(byte[] content, String name) throws IOException, Refusal {
        try {
            return Policy.read(new ByteArrayInputStream(content));
        } catch (InvalidPolicyException e) {
            throw Refusal.invalid(name, e);
        }
    }

    /** Compiles a policy. */
    static DecisionTable compile(Policy policy, CompileOptions options) throws Refusal {
        try {
            return DecisionTable.compile(policy, options);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("\"" + policy.name() + "\" cannot be compiled: " + e.getMessage());
        }
    }
}
