package io.crs.policy.learn;

/** The parts of a path in its normal form. */
final class Paths {
    private Paths() {}

    /** What stands before the last slash: the folder, empty for the root. */
    static String folder(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** What stands behind the last slash. */
    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
