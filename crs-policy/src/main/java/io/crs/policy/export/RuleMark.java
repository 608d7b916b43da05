package io.crs.policy.export;

/**
 * What became of one rule, or of one default, in an exported document.
 *
 * @param index the rule's place in the policy, from 0; −1 for a default
 * @param rule the rule's name, or the name of the default's field: {@code defaultFileAction}
 * @param fidelity how near the document is to it
 * @param reason why, in half a sentence for a person; empty if it is exact and there is nothing to say
 */
public record RuleMark(int index, String rule, Fidelity fidelity, String reason) {
    /** The mark of what also acts on calls it should not act on, and may miss some that it should. */
    RuleMark blurred(boolean misses, String why) {
        if (fidelity == Fidelity.UNSUPPORTED || (fidelity == Fidelity.EXACT && !reason.isEmpty())) {
            return this;
        }
        Fidelity near = misses || fidelity == Fidelity.UNDER ? Fidelity.UNDER : Fidelity.OVER;
        return new RuleMark(index, rule, near, reason.isEmpty() ? why : reason + "; " + why);
    }
}
