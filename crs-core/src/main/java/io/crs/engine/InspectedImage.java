package io.crs.engine;

import io.crs.image.Image;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.inspect.ImageInspector;
import io.crs.policy.analyze.ImageFacts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What lint wants to know of an image, from its layers. */
final class InspectedImage implements ImageFacts {
    private final ImageFiles files;
    private final Compatibility verdict;
    private final Set<String> privileged;

    InspectedImage(Image image) throws IOException {
        files = ImageFiles.readAll(image);
        verdict = new ImageInspector().inspect(image);
        privileged = Set.copyOf(files.privilegedFiles());
    }

    @Override
    public Optional<String> entryPoint() {
        return verdict.entryPoint().map(Compatibility.EntryPoint::path);
    }

    @Override
    public Optional<ImageFile> find(String path) {
        return files.resolve(path).map(this::file);
    }

    @Override
    public List<ImageFile> setuidFiles() {
        return files.privilegedFiles().stream().map(this::file).toList();
    }

    @Override
    public List<String> blindSpots() {
        List<String> spots = verdict.blindSpots();
        return spots.isEmpty()
                ? List.of()
                : List.of(
                        spots.size() + " programs run with other rights than their caller's, which library hooks do not"
                                + " follow and the agent takes away (no_new_privs): " + String.join(", ", spots));
    }

    private ImageFile file(String resolved) {
        return new ImageFile(resolved, files.interpreter(resolved), privileged.contains(resolved));
    }
}
