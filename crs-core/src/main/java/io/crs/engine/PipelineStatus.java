package io.crs.engine;

import io.crs.transport.Loss;

/**
 * What a pipeline has done since it was started.
 *
 * @param stored new events in the store
 * @param duplicates events that had come before
 * @param rejected lines that were no events
 * @param storeFailures batches the store did not take; they were offered again
 * @param listenerFailures events a listener failed on
 * @param loss what was lost on the way
 */
public record PipelineStatus(
        long stored, long duplicates, long rejected, long storeFailures, long listenerFailures, Loss loss) {}
