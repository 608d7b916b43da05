package io.crs.policy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A policy made from a document of another product, and what of the document it could not keep.
 *
 * <p>What is read may come from anyone: a document is at most 64 MiB of UTF-8, all that is wrong with it is reported at
 * once, and no rule is left out in silence. {@code docs/policy.md} says what becomes of each part. Immutable.
 *
 * @param policy the policy, its rules in the order of the document
 * @param warnings what was left out, guessed or made narrower, each with its place
 */
public record ImportedPolicy(Policy policy, List<Problem> warnings) {
    /** Copies the warnings. */
    public ImportedPolicy {
        warnings = List.copyOf(warnings);
    }

    /**
     * The policy that a JSON document of Layered Insight's runtime API stands for. The stream is left open.
     *
     * @throws IOException if the stream fails
     * @throws InvalidPolicyException if the document is not valid, with everything that is wrong with it
     */
    public static ImportedPolicy layeredInsightJson(InputStream in) throws IOException, InvalidPolicyException {
        return JsonDocument.read(in, LayeredInsightForm.CODEC);
    }

    /**
     * The policy that a table of rules in Layered Insight's form stands for: lines of {@code
     * name,program,action,syscall,arg1,arg2,arg3}. The stream is left open.
     *
     * @param name the policy's name, which the table does not have
     * @throws IOException if the stream fails
     * @throws InvalidPolicyException if a line is not valid, with everything that is wrong; the pointer of a problem names
     *     line and field, {@code /lines/3/action}, lines counted from 1
     */
    public static ImportedPolicy layeredInsightCsv(InputStream in, String name)
            throws IOException, InvalidPolicyException {
        return new LayeredInsightTable(name).read(in);
    }
}
