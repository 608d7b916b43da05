package io.crs.image.location;

import io.crs.image.Blob;
import io.crs.image.format.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.SortedMap;

/** The files of a layout, as entries of a tar archive. */
final class BlobTar {
    private BlobTar() {}

    /** Writes the folder {@code blobs} with all that lies in it, by path. */
    static void write(TarWriter tar, SortedMap<String, Blob> blobs) throws IOException {
        tar.directory("blobs/", 0755);
        String folder = "";
        for (Map.Entry<String, Blob> entry : blobs.entrySet()) {
            String parent = entry.getKey().substring(0, entry.getKey().lastIndexOf('/') + 1);
            if (!parent.equals(folder)) {
                tar.directory(parent, 0755);
                folder = parent;
            }
            Blob blob = entry.getValue();
            try (InputStream in = blob.open()) {
                tar.file(entry.getKey(), 0644, blob.descriptor().size(), in);
            }
        }
    }

    static void write(TarWriter tar, String name, byte[] content) throws IOException {
        tar.file(name, 0644, content.length, new ByteArrayInputStream(content));
    }
}
