package io.crs.image.registry;

/**
 * A bearer token.
 *
 * @param value what is shown
 * @param end when to ask for another, on the clock of {@link System#nanoTime}
 */
record Token(String value, long end) {
    private static final long LONGEST_SECONDS = 24L * 3600;

    static Token lasting(String value) {
        return of(value, LONGEST_SECONDS);
    }

    /** One that is good for some seconds from now on; the last of them are not counted on. */
    static Token of(String value, long seconds) {
        long kept = Math.min(Math.max(seconds - 10, 5), LONGEST_SECONDS);
        return new Token(value, System.nanoTime() + kept * 1_000_000_000L);
    }

    boolean isOld() {
        return System.nanoTime() - end > 0;
    }

    @Override
    public String toString() {
        return "Token";
    }
}
