package io.crs.cli;

import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Policy;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads policies that are named on the command line. */
final class PolicyFile {
    /** The name for standard input. */
    static final String STANDARD_INPUT = "-";

    private static final byte[] TABLE_MAGIC = "CRSTABLE".getBytes(StandardCharsets.US_ASCII);

    private PolicyFile() {}

    /** Whether what a file begins with is the beginning of a decision table. */
    static boolean isTable(byte[] content) {
        return Arrays.equals(Arrays.copyOf(content, TABLE_MAGIC.length), TABLE_MAGIC);
    }

    /** Reads a file, or standard input where the name is {@code -}. */
    static Policy read(String name, Terminal terminal) throws IOException, Refusal {
        boolean standardInput = name.equals(STANDARD_INPUT);
        try (InputStream in = new BufferedInputStream(standardInput ? terminal.in() : InputFile.open(name))) {
            in.mark(TABLE_MAGIC.length);
            if (isTable(in.readNBytes(TABLE_MAGIC.length))) {
                throw Refusal.invalid(name + " is a compiled table; give the policy it was compiled from");
            }
            in.reset();
            return Policy.read(in);
        } catch (InvalidPolicyException e) {
            throw Refusal.invalid(standardInput ? "standard input" : name, e);
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
