package io.crs.benchmark;

import com.fasterxml.jackson.databind.JsonNode;

/** What a page says of the iterations of a measurement. */
final class JmhRuns {
    private JmhRuns() {}

    /** The lowest score of all iterations of all forks. */
    static double lowest(JsonNode metric) {
        double lowest = Double.POSITIVE_INFINITY;
        for (JsonNode fork : metric.path("rawData")) {
            for (JsonNode iteration : fork) {
                lowest = Math.min(lowest, iteration.asDouble());
            }
        }
        return lowest;
    }
}
