package io.crs.image.location;

import io.crs.image.Artifact;
import io.crs.image.Manifest;
import io.crs.image.registry.Reference;
import io.crs.image.registry.Registry;
import io.crs.image.registry.RegistryAccess;
import java.io.IOException;
import java.util.Optional;

/**
 * An image in a registry.
 *
 * <p>Layers are read from the registry when they are asked for, and what is written sends only what the registry does not
 * have.
 *
 * @param reference its name
 * @param access how registries are reached
 */
public record RegistryImage(Reference reference, RegistryAccess access) implements ArtifactLocation {
    /** Returns the same image, reached otherwise. */
    public RegistryImage with(RegistryAccess other) {
        return new RegistryImage(reference, other);
    }

    @Override
    public Manifest readAll() throws IOException {
        return Registry.read(reference, access);
    }

    @Override
    public void write(Manifest manifest) throws IOException {
        Registry.write(manifest, reference, access);
    }

    @Override
    public void attach(Artifact artifact) throws IOException {
        Registry.attach(artifact, reference, access);
    }

    @Override
    public ImageLocation layered() {
        String tag = reference
                .tag()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + reference + "\" has a digest, which the new image cannot have: name the destination"));
        return new RegistryImage(
                new Reference(
                        reference.registry(), reference.repository(), Optional.of(Tags.layered(tag)), Optional.empty()),
                access);
    }

    @Override
    public String toString() {
        return "docker://" + reference;
    }
}
