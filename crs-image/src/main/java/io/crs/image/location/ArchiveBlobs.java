package io.crs.image.location;

import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.MissingBlobException;
import io.crs.image.location.ArchiveFile.Slot;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** An archive's files by digest: as listed, or under {@code blobs/}. */
final class ArchiveBlobs implements BlobSource {
    private final ArchiveFile archive;
    private final Map<Digest, Slot> listed;

    ArchiveBlobs(ArchiveFile archive, Map<Digest, Slot> listed) {
        this.archive = archive;
        this.listed = Map.copyOf(listed);
    }

    /** Returns the name of a blob in a layout. */
    static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    boolean has(Descriptor descriptor) {
        return find(descriptor).isPresent();
    }

    @Override
    public InputStream open(Descriptor descriptor) throws IOException {
        Slot slot = find(descriptor)
                .orElseThrow(() ->
                        new MissingBlobException("blob " + descriptor.digest() + " is missing in " + archive.path()));
        if (slot.size() != descriptor.size()) {
            throw new InvalidImageException("blob " + descriptor.digest() + " is damaged: " + locate(descriptor)
                    + " has " + slot.size() + " bytes, its descriptor says " + descriptor.size());
        }
        return archive.open(slot);
    }

    @Override
    public String locate(Descriptor descriptor) {
        return archive.path() + find(descriptor).map(slot -> "!" + slot.name()).orElse("");
    }

    @Override
    public Optional<String> stamp(Descriptor descriptor) throws IOException {
        Optional<String> file = FileStamp.of(archive.path());
        return find(descriptor).flatMap(slot -> file.map(stamp -> stamp + " " + slot.offset() + " " + slot.size()));
    }

    private Optional<Slot> find(Descriptor descriptor) {
        Digest digest = descriptor.digest();
        return Optional.ofNullable(listed.get(digest)).or(() -> archive.find(path(digest)));
    }
}
