package io.crs.transport;

/**
 * A line from an agent that was not an event.
 *
 * @param reason what was wrong with it
 * @param length how many bytes it had, as far as it was read
 */
public record RejectedLine(String reason, long length) {}
