package io.crs.image.location;

import io.crs.image.Descriptor;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.format.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An OCI image layout: a folder with {@code oci-layout}, {@code index.json} and {@code blobs/}.
 *
 * <p>Writing into a layout keeps its other tags, and the blobs it has already; a new tag appears in one step. Two
 * processes must not write to one layout at once.
 *
 * @param directory the folder
 * @param tag the name of the image in it ({@code org.opencontainers.image.ref.name}); without one the layout must hold
 *     a single image to be read, and the image is written without a name
 */
public record OciLayout(Path directory, Optional<String> tag) implements ImageLocation {
    /** A tag is not blank and has at most 255 characters, none of them a blank or a control character. */
    public OciLayout {
        tag.ifPresent(text -> {
            if (text.isEmpty() || text.length() > 255 || !text.chars().allMatch(c -> c > ' ' && c != 0x7f)) {
                throw new IllegalArgumentException("\"" + text + "\" is not a tag");
            }
        });
    }

    @Override
    public Manifest readAll() throws IOException {
        LayoutFolder folder = new LayoutFolder(directory);
        return Manifest.read(chosen(folder.readIndex()), folder);
    }

    @Override
    public void write(Manifest manifest) throws IOException {
        LayoutFolder folder = new LayoutFolder(directory);
        folder.create();
        folder.copy(manifest);
        folder.writeIndex(entered(folder.readIndex(), manifest.descriptor()));
    }

    @Override
    public ImageLocation layered() {
        return new OciLayout(
                directory,
                Optional.of(Tags.layeredReference("/:" + tag.orElse("latest")).substring(2)));
    }

    @Override
    public String toString() {
        return "oci:" + directory + tag.map(text -> ":" + text).orElse("");
    }

    private Descriptor chosen(Json index) throws IOException {
        List<Descriptor> matching = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor descriptor : LayoutFolder.entries(index, directory)) {
            String name = LayoutFolder.nameOf(descriptor);
            names.add(name.isEmpty() ? descriptor.digest().toString() : name);
            boolean isImage = MediaType.isIndex(descriptor.mediaType()) || MediaType.isManifest(descriptor.mediaType());
            if (tag.isEmpty() ? isImage : tag.get().equals(name)) {
                matching.add(descriptor);
            }
        }
        long different = matching.stream().map(Descriptor::digest).distinct().count();
        if (different == 1) {
            return matching.get(0);
        }
        String problem = different > 1 ? " fits several images" : " is not there";
        throw new InvalidImageException(this + problem + "; " + directory + " has "
                + (names.isEmpty() ? "no image" : String.join(", ", names)));
    }

    /** Returns the index with the image in it, in the place of whatever had its name. */
    private Json entered(Json index, Descriptor descriptor) throws InvalidImageException {
        List<Descriptor> old = LayoutFolder.entries(index, directory);
        List<Json> elements = index.get("manifests").orElse(Json.object()).elements();
        List<Json> kept = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String name = LayoutFolder.nameOf(old.get(i));
            boolean replaced = tag.isPresent()
                    ? tag.get().equals(name)
                    : name.isEmpty() && old.get(i).digest().equals(descriptor.digest());
            if (!replaced) {
                kept.add(elements.get(i));
            }
        }
        kept.add(LayoutFolder.entry(descriptor, tag));
        return index.with("manifests", Json.array(kept));
    }
}
