package io.crs.policy.learn;

import io.crs.policy.Glob;
import io.crs.policy.Rule;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** The files of an image. Immutable. */
final class ImageFiles {
    private final String[] paths;

    ImageFiles(Collection<String> files) {
        paths = files.stream()
                .map(path -> path.startsWith("/") ? path : "/" + path)
                .sorted()
                .distinct()
                .toArray(String[]::new);
    }

    int size() {
        return paths.length;
    }

    boolean contains(String path) {
        return Arrays.binarySearch(paths, path) >= 0;
    }

    /** The files that match. */
    List<String> matching(Glob pattern) {
        return matches(pattern).mapToObj(i -> paths[i]).toList();
    }

    /** The share of the files that rules open for reading or writing, 0 to 1. */
    double shareOpenedBy(List<Rule> rules) {
        BitSet opened = new BitSet();
        for (Rule rule : rules) {
            if (rule instanceof Rule.FileRule file) {
                matches(file.file()).forEach(opened::set);
            }
        }
        return (double) opened.cardinality() / paths.length;
    }

    /** The places of the files that match. */
    private IntStream matches(Glob pattern) {
        String prefix = pattern.literalPrefix();
        int found = Arrays.binarySearch(paths, prefix);
        return IntStream.range(found < 0 ? -found - 1 : found, paths.length)
                .takeWhile(i -> paths[i].startsWith(prefix))
                .filter(i -> pattern.matches(paths[i]));
    }
}
