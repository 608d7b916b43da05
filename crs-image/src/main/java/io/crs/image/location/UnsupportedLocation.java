package io.crs.image.location;

import io.crs.image.Manifest;
import java.util.Locale;
import java.util.regex.Pattern;

/** A registry or an OCI archive. */
record UnsupportedLocation(String transport, String text) implements ImageLocation {
    private static final Pattern REFERENCE = Pattern.compile(
            "[A-Za-z0-9][A-Za-z0-9._/-]*(:[0-9]+/[A-Za-z0-9._/-]+)?(:[A-Za-z0-9_.-]+)?(@[a-z0-9]+:[a-f0-9]+)?");

    /** A name without a transport is one of a registry. */
    static UnsupportedLocation named(String text) {
        if (!REFERENCE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names no image: write oci:DIR[:tag], "
                            + "docker-archive:FILE[:repository:tag], docker-daemon:repository:tag or docker://registry/repository:tag");
        }
        return new UnsupportedLocation("docker", text);
    }

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
        String place = transport.equals("docker") ? "registries" : transport.toLowerCase(Locale.ROOT) + ":";
        return new UnsupportedLocationException(text + ": this version does not read or write " + place
                + ". Copy the image to a layout or an archive (skopeo copy SOURCE oci:DIR:TAG) and name that");
    }
}
