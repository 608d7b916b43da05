package io.crs.image.location;

import io.crs.image.Manifest;
import java.util.Locale;

/** A Docker Engine. */
record UnsupportedLocation(String transport, String text) implements ImageLocation {
    @Override
    public Manifest readAll() throws UnsupportedLocationException {
        throw unsupported();
    }

    @Override
    public void write(Manifest manifest) throws UnsupportedLocationException {
        throw unsupported();
    }

    @Override
    public ImageLocation layered() {
        return new UnsupportedLocation(transport, Tags.layeredReference(text));
    }

    @Override
    public String toString() {
        return text;
    }

    private UnsupportedLocationException unsupported() {
        return new UnsupportedLocationException(text + ": this version does not read or write "
                + transport.toLowerCase(Locale.ROOT) + ":. Copy the image to a layout or an archive (skopeo copy SOURCE"
                + " oci:DIR:TAG) and name that");
    }
}
