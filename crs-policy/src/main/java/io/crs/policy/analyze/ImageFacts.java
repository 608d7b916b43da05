package io.crs.policy.analyze;

import java.util.List;
import java.util.Optional;

/**
 * What lint wants to know of the image that a policy is for. A host that can read images fills it.
 *
 * <p>Paths are absolute and folded. Implementations need not be safe for several threads.
 */
public interface ImageFacts {
    /**
     * A file of an image.
     *
     * @param path its path, with no symbolic link in it
     * @param interpreter the interpreter of the first line of a script, as it is written there
     * @param setuid whether it runs with the rights of its owner or group, not of its caller
     */
    record ImageFile(String path, Optional<String> interpreter, boolean setuid) {}

    /** The program a container of the image starts; empty if it has none. */
    Optional<String> entryPoint();

    /** The file or folder that a path leads to, through symbolic links; empty if the image has none. */
    Optional<ImageFile> find(String path);

    /** All files of the image that are {@link ImageFile#setuid}. */
    List<ImageFile> setuidFiles();

    /** What is out of sight of any policy in containers of this image, one sentence each. */
    List<String> blindSpots();
}
