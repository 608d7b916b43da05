package io.crs.policy.analyze;

import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Call;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What {@link PolicyLint} found. Immutable.
 *
 * @param arch the architecture it looked at
 * @param findings the findings, in the order of what they point at
 * @param undecided for how many rules it is not known whether they ever decide, since to tell would take too long
 */
public record LintReport(Arch arch, List<Finding> findings, int undecided) {
    /** What a finding is about. */
    public enum Kind {
        /** The rule never decides: earlier rules with its action have all it matches. */
        SHADOWED,
        /**
         * Earlier rules have all it matches, one of them with another action: the rule never decides, or, where an
         * earlier one allows, only calls for a file by a name that leads to another.
         */
        CONTRADICTORY,
        /** The rule matches no call at all. */
        UNMATCHABLE,
        /** The rule has an effect on far more than is likely meant. */
        OVERBROAD,
        /** What the rule allows to be written may be executed. */
        WRITE_AND_EXECUTE,
        /** The rule does something else, or nothing, on another architecture. */
        NONPORTABLE,
        /** An argument of the rule stands for something else in another form of the call. */
        ARGUMENT_PLACE,
        /** The name of the call is another call's in the kernel. */
        MISNAMED,
        /** The program is named without its folder. */
        SHORT_NAME,
        /** The address has bits behind its prefix, which do not count. */
        HOST_BITS,
        /** No program can start, or the image's cannot. */
        ENTRY_POINT,
        /** The rule names a symbolic link, and only the file behind it would count. */
        SYMLINK,
        /** The rule refuses to execute a script that its interpreter still reads. */
        INTERPRETER,
        /** The image has no such file. */
        ABSENT,
        /** A program that runs with other rights than its caller's may be executed. */
        SETUID,
        /** Something in the image is out of the policy's sight. */
        BLIND_SPOT
    }

    /**
     * One finding.
     *
     * @param kind what it is about
     * @param pointer where, as a JSON pointer into the policy's document: {@code /rules/3}; empty for all of it
     * @param by the rules that bring it about, by their places; none if it is the rule's own fault
     * @param message what is wrong, for a person, with the way out where there is one
     * @param witness a call that shows it; the reference evaluator was asked
     */
    public record Finding(Kind kind, String pointer, List<Integer> by, String message, Optional<Call> witness) {
        /** Copies the rules. */
        public Finding {
            by = List.copyOf(by);
        }

        private void write(JsonGenerator out, Arch arch) throws IOException {
            out.writeStartObject();
            out.writeStringField("kind", kind.name());
            out.writeStringField("pointer", pointer);
            out.writeArrayFieldStart("by");
            for (int rule : by) {
                out.writeNumber(rule);
            }
            out.writeEndArray();
            out.writeStringField("message", message);
            JsonText.call(out, "witness", witness, arch);
            out.writeEndObject();
        }
    }

    /** Copies the findings. */
    public LintReport {
        findings = List.copyOf(findings);
    }

    /** The findings of one kind, in order. */
    public List<Finding> findings(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).toList();
    }

    /**
     * The report in one line of JSON: {@code {"findings":[{"kind":"SHADOWED","pointer":"/rules/3","by":[0,1],
     * "message":"…","witness":{…} or null}],"undecided":0}}.
     */
    public String toJson() {
        return JsonText.object(out -> {
            out.writeArrayFieldStart("findings");
            for (Finding finding : findings) {
                finding.write(out, arch);
            }
            out.writeEndArray();
            out.writeNumberField("undecided", undecided);
        });
    }
}
