package io.crs.policy.analyze;

import io.crs.policy.Call;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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

    boolean isResolved() {
        return this == RESOLVED || this == NEW_RESOLVED;
    }

    /** What this is of a call. */
    Value of(Call call) {
        return switch (this) {
            case PROGRAM -> name(call.program());
            case EXEC -> name(call.exec());
            case ANCESTORS -> new Value.Names(call.ancestors());
            case REQUESTED -> name(call.path().requested());
            case RESOLVED -> name(call.path().resolved());
            case NEW_REQUESTED -> name(call.newPath().requested());
            case NEW_RESOLVED -> name(call.newPath().resolved());
            case ADDRESS -> new Value.Address(call.address());
            case PORT -> number(call.port());
            case LOCAL_PORT -> number(call.localPort());
            case ARG1, ARG2, ARG3 -> argument(call.args().get(place() - ARG1.place()));
            case NAME -> name(call.name());
        };
    }

    private static Value name(Optional<String> name) {
        return name.<Value>map(Value.Name::new).orElseGet(Value.Unknown::new);
    }

    private static Value number(OptionalInt number) {
        return number.isPresent() ? new Value.Quantity(number.getAsInt()) : new Value.Unknown();
    }

    private static Value argument(OptionalLong number) {
        return number.isPresent() ? new Value.Quantity(number.getAsLong()) : new Value.Unknown();
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
