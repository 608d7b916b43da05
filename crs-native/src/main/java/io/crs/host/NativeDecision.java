package io.crs.host;

import java.util.Optional;

/**
 * What {@link NativeDecisionTable} says of one call.
 *
 * @param action 0 ALLOW, 1 MONITOR, 2 DENY
 * @param enforced whether the action is done, and not only reported
 * @param blocked whether the call fails
 * @param errno the error of a blocked call, 13 (EACCES) or 1 (EPERM); 0 if it is not blocked
 * @param rule the name of the rule that decided; empty if none did
 * @param ruleIndex the place of that rule in the policy, from 0; −1 if none did
 * @param isDefault whether no rule decided
 * @param standardEvent whether there is an event for the hit
 * @param behaviorEvent whether there is an event for the call as such
 */
public record NativeDecision(
        int action,
        boolean enforced,
        boolean blocked,
        int errno,
        Optional<String> rule,
        int ruleIndex,
        boolean isDefault,
        boolean standardEvent,
        boolean behaviorEvent) {}
