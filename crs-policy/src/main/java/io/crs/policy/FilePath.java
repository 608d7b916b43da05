package io.crs.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two names of a file that a call is about. Both are folded: empty and {@code .} components and a {@code /} at the
 * end are dropped, {@code ..} is kept, since only the kernel knows where it leads.
 *
 * @param requested the name the program asked for, made absolute where its folder is known; empty if not known
 * @param resolved the name of the file that was really reached; the requested one if not given
 */
public record FilePath(Optional<String> requested, Optional<String> resolved) {
    /** A file neither of whose names is known. */
    public static final FilePath UNKNOWN = new FilePath(Optional.empty(), Optional.empty());

    /** Folds the names. */
    public FilePath {
        requested = requested.map(FilePath::fold);
        resolved = resolved.isPresent() ? resolved.map(FilePath::fold) : requested;
    }

    /** A name with {@code folder} before it if it is relative; the empty name stays so. */
    static String absolute(String folder, String name) {
        return name.isEmpty() || name.startsWith("/") ? name : folder + "/" + name;
    }

    /** Whether {@link #fold} would change nothing, as is so of nearly every name. */
    private static boolean isFolded(String name) {
        int begin = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '/') {
                boolean empty = i == begin && i > 0;
                boolean dot = i == begin + 1 && name.charAt(begin) == '.';
                if (empty || dot) {
                    return name.equals("/");
                }
                begin = i + 1;
            }
        }
        return true;
    }

    private static String fold(String name) {
        if (isFolded(name)) {
            return Texts.wellFormed(name);
        }
        String folded = Arrays.stream(Texts.wellFormed(name).split("/"))
                .filter(component -> !component.isEmpty() && !component.equals("."))
                .collect(Collectors.joining("/"));
        return name.startsWith("/") ? "/" + folded : folded;
    }

    /** A file that is reached by the name that was asked for. */
    public static FilePath of(String name) {
        return new FilePath(Optional.of(name), Optional.empty());
    }

    /** A file without a name in this folder, by the names the kernel gives it: the folder's, and {@code #} for the rest. */
    FilePath inside() {
        return new FilePath(requested.map(FilePath::inside), resolved.map(FilePath::inside));
    }

    private static String inside(String folder) {
        return folder.isEmpty() ? folder : folder.endsWith("/") ? folder + "#" : folder + "/#";
    }

    /** The names that are known, each once. */
    public List<String> names() {
        return Stream.concat(requested.stream(), resolved.stream()).distinct().toList();
    }

    /** Whether neither name is known. */
    public boolean isUnknown() {
        return resolved.isEmpty();
    }
}
