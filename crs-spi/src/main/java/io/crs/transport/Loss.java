package io.crs.transport;

/**
 * What was lost on the way, as far as is known.
 *
 * @param missing sequence numbers that have not come: lost, or still to come
 * @param reported events the agents say they lost before they could send them
 * @param before sequence numbers before the first one seen of an agent that was running already
 */
public record Loss(long missing, long reported, long before) {
    /** Whether every event is accounted for. */
    public boolean isNone() {
        return missing == 0 && reported == 0 && before == 0;
    }
}
