package io.crs.policy.learn;

/**
 * A part of what was seen that is held out in cross-validation.
 *
 * @param byRun whether it is some of the runs; else a slice of the time of the only run
 * @param number its number, from 0
 * @param doublings how often the slices of time were doubled
 */
record Fold(boolean byRun, int number, int doublings) {}
