package io.crs.image.instrument;

import java.util.List;

/** Thrown for an image that is sound but into which no agent can go; the reasons say why, each in a sentence. */
public final class NotInstrumentableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    NotInstrumentableException(List<String> reasons) {
        super(String.join("; ", reasons));
        this.reasons = List.copyOf(reasons);
    }

    /** Returns the reasons. */
    public List<String> reasons() {
        return reasons;
    }
}
