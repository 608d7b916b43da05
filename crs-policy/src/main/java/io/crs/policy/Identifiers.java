package io.crs.policy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** The forms of identifiers and times in documents. */
final class Identifiers {
    private static final String FORM = "[0-9a-fA-F]{24}";

    private Identifiers() {}

    /** The id of a policy or configuration. */
    static String check(String id) {
        if (!id.matches(FORM)) {
            throw new IllegalArgumentException(Quoted.of(id) + " is no id; an id has 24 hexadecimal digits");
        }
        return id;
    }

    /** A time cut to milliseconds, in the years 0 to 9999. */
    static Instant time(Instant time) {
        int year = time.isBefore(Instant.MIN.plus(1, ChronoUnit.DAYS))
                        || time.isAfter(Instant.MAX.minus(1, ChronoUnit.DAYS))
                ? -1
                : time.atOffset(ZoneOffset.UTC).getYear();
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException("a time lies in the years 0 to 9999");
        }
        return time.truncatedTo(ChronoUnit.MILLIS);
    }
}
