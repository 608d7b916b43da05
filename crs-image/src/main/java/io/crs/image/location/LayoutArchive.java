package io.crs.image.location;

import io.crs.image.InvalidImageException;
import io.crs.image.format.Limits;
import io.crs.image.location.ArchiveFile.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** An archive that holds an OCI image layout. */
record LayoutArchive(ArchiveFile archive, LayoutIndex index) {
    static LayoutArchive open(Path file) throws IOException {
        ArchiveFile archive = ArchiveFile.open(file);
        LayoutIndex.checkMarker(bytes(archive, "oci-layout"), "oci-layout in " + file);
        return new LayoutArchive(archive, LayoutIndex.read(bytes(archive, "index.json"), "index.json in " + file));
    }

    ArchiveBlobs blobs() {
        return new ArchiveBlobs(archive, Map.of());
    }

    private static byte[] bytes(ArchiveFile archive, String name) throws IOException {
        Slot slot = archive.find(name)
                .orElseThrow(() -> new InvalidImageException(
                        archive.path() + " is not an OCI layout: it has no file " + name + hint(archive)));
        return archive.bytes(slot, Limits.MANIFEST_BYTES);
    }

    private static String hint(ArchiveFile archive) {
        return archive.find("manifest.json").isPresent() ? "; docker save made it, name it docker-archive:FILE" : "";
    }
}
