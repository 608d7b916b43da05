package io.crs.policy.learn;

import io.crs.policy.Action;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a learner learns.
 *
 * @param name the policy's name
 * @param logAction the action of the observations that are used; empty for all
 * @param minimumRuns in how many runs something must have been seen
 * @param groupAddresses how many addresses of a block make it one rule; empty for no grouping
 * @param image the files of the image; empty if not known
 * @param neverLearn what is never learned
 */
record LearningOptions(
        String name,
        Optional<Action> logAction,
        int minimumRuns,
        OptionalInt groupAddresses,
        Optional<ImageFiles> image,
        NeverLearn neverLearn) {
    boolean isOutsideImage(String path) {
        return image.isPresent() && !image.get().contains(path);
    }
}
