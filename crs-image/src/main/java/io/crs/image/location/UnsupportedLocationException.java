package io.crs.image.location;

import java.io.IOException;

/** Thrown by a location whose name is understood but where this version cannot read or write. */
public final class UnsupportedLocationException extends IOException {
    private static final long serialVersionUID = 1L;

    UnsupportedLocationException(String message) {
        super(message);
    }
}
