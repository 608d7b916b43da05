package io.crs.image.registry;

import io.crs.image.Artifact;
import io.crs.image.Digest;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import java.io.IOException;
import java.util.Optional;

/**
 * The list of what refers to a manifest, in a registry that keeps none itself: an index under the tag
 * {@code sha256-<digits>}, as the distribution specification names it.
 */
final class ReferrersTag {
    private final Repository target;
    private final Scope scope;

    ReferrersTag(Repository target, Scope scope) {
        this.target = target;
        this.scope = scope;
    }

    /** Adds an artifact, unless it is listed already. */
    void add(Artifact artifact, Digest subject) throws IOException {
        String tag = subject.algorithm() + "-" + subject.hex();
        Optional<Manifest> before = target.find(tag);
        if (before.isPresent() && !(before.get() instanceof ImageIndex)) {
            throw new InvalidImageException(
                    target.what(tag) + ": this tag is for a list of referrers, and there is something else");
        }
        ImageIndex index = before.isPresent() ? (ImageIndex) before.get() : ImageIndex.empty();
        if (index.entries().stream().noneMatch(each -> each.digest().equals(artifact.digest()))) {
            target.put(index.plus(artifact), tag, scope);
        }
    }
}
