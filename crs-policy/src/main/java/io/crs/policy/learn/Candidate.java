package io.crs.policy.learn;

/**
 * A pattern that a name could be learned by, and what it takes.
 *
 * @param pattern the pattern, as a {@link io.crs.policy.Glob}
 * @param member which of the things below the pattern the name is
 * @param rung how far it goes beyond the name
 */
record Candidate(String pattern, String member, Rung rung) {
    /** How far a pattern goes, and how many different members must have been seen before it is believed. */
    enum Rung {
        /** The name alone. */
        NAME(1, 1),
        /** What the name's form shows to change: process numbers, hashes, UUIDs, temporary names. */
        FORM(1, 1),
        /** The numbers and versions in it; two in as many runs will do. */
        NUMBERS(3, 2),
        /** All with its ending in one folder. */
        ENDING(10, 10),
        /** All in a folder. */
        FOLDER(10, 10),
        /** All addresses of a block; how many it takes is for the caller to say. */
        BLOCK(Integer.MAX_VALUE, Integer.MAX_VALUE);

        private final int members;
        private final int inRuns;

        Rung(int members, int inRuns) {
            this.members = members;
            this.inRuns = inRuns;
        }

        boolean isReached(int seen, int runs) {
            return seen >= (runs > 1 ? inRuns : members);
        }
    }
}
