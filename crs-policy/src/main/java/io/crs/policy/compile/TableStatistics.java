package io.crs.policy.compile;

/**
 * The size of a decision table.
 *
 * @param bytes its length
 * @param calls the system calls and library calls that it knows
 * @param decidedCalls those among them that a rule or a default other than ALLOW has a say in
 * @param rules the rules it holds: those that are enabled and name something the architecture has
 * @param matchers the different patterns
 * @param strings the different texts
 * @param states the nodes of the automata by which it finds the rule that decides
 */
public record TableStatistics(
        int bytes, int calls, int decidedCalls, int rules, int matchers, int strings, int states) {}
