package io.crs.policy.analyze;

/** One thing about a call that rules look at, independent of all others. */
enum Operand {
    PROGRAM,
    EXEC,
    ANCESTORS,
    REQUESTED,
    RESOLVED,
    NEW_REQUESTED,
    NEW_RESOLVED,
    ADDRESS,
    PORT,
    LOCAL_PORT,
    ARG1,
    ARG2,
    ARG3,
    NAME;

    static final int COUNT = values().length;

    /** The place of this operand among all, from 0; nothing outside one run of an analysis knows it. */
    @SuppressWarnings("EnumOrdinal")
    int place() {
        return ordinal();
    }

    static Operand argument(int place) {
        return switch (place) {
            case 0 -> ARG1;
            case 1 -> ARG2;
            default -> ARG3;
        };
    }

    static Operand requested(boolean second) {
        return second ? NEW_REQUESTED : REQUESTED;
    }

    static Operand resolved(boolean second) {
        return second ? NEW_RESOLVED : RESOLVED;
    }

    /** The names this operand can have; only for those that are names. */
    Language language() {
        return switch (this) {
            case REQUESTED, RESOLVED, NEW_REQUESTED, NEW_RESOLVED -> Language.FILE;
            case NAME -> Language.HOST;
            default -> Language.TEXT;
        };
    }
}
