package io.crs.policy;

import java.util.Optional;

/**
 * What a policy says about one call.
 *
 * @param action the action
 * @param enforced whether it is done, and not only reported; true in ACTIVE policies
 * @param blocked whether the call fails
 * @param rule the name of the rule that decided; empty if none did
 * @param ruleIndex the place of that rule in the policy, from 0; −1 if none did
 * @param isDefault whether no rule decided
 * @param standardEvent whether there is an event for the hit
 * @param behaviorEvent whether there is an event for the call as such
 */
public record Decision(
        Action action,
        boolean enforced,
        boolean blocked,
        Optional<String> rule,
        int ruleIndex,
        boolean isDefault,
        boolean standardEvent,
        boolean behaviorEvent) {}
