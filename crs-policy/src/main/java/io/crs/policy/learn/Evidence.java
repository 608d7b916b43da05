package io.crs.policy.learn;

import java.time.Instant;

/**
 * Why a rule was learned.
 *
 * @param rule the rule's name
 * @param count how often what it allows was seen
 * @param first when first
 * @param last when last
 * @param runs in how many runs
 */
public record Evidence(String rule, long count, Instant first, Instant last, int runs) {}
