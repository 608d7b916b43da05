package io.crs.image.instrument;

import io.crs.image.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All there is to see of a tree of files, a line for each path: type and mode, owners, content, attributes, and times but
 * those of folders. */
final class TreeListing {
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;

    private TreeListing() {}

    /** Lists a tree but for one folder in its root; the paths are absolute in it. */
    static SortedMap<String, String> of(Path root, String leftOut) throws IOException {
        SortedMap<String, String> lines = new TreeMap<>();
        Path without = root.resolve(leftOut);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(each -> !each.startsWith(without)).toList()) {
                lines.put("/" + root.relativize(file), line(file));
            }
        }
        return lines;
    }

    /** The paths of all but folders and links. */
    static List<String> files(SortedMap<String, String> listing) {
        return listing.entrySet().stream()
                .filter(entry -> {
                    int type = Integer.parseInt(entry.getValue().split(" ", 2)[0], 8) & TYPE;
                    return type != FOLDER && type != LINK;
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String line(Path file) throws IOException {
        Map<String, Object> all = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) all.get("mode");
        int type = mode & TYPE;
        StringBuilder line = new StringBuilder();
        line.append(Integer.toOctalString(mode))
                .append(' ')
                .append(all.get("uid"))
                .append(':')
                .append(all.get("gid"));
        if (type == FILE) {
            line.append(" links ").append(all.get("nlink"));
            line.append(' ').append(Digest.of(Files.readAllBytes(file)));
        } else if (type == LINK) {
            line.append(" to ").append(Files.readSymbolicLink(file));
        }
        if (type == FILE || type == FOLDER) {
            line.append(attributes(file));
        }
        // Folders that no layer names are of the time they were unpacked.
        return type == FOLDER
                ? line.toString()
                : line.append(' ').append(all.get("lastModifiedTime")).toString();
    }

    private static String attributes(Path file) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        SortedMap<String, String> values = new TreeMap<>();
        for (String name : view.list()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            values.put(name, new String(value.array(), StandardCharsets.ISO_8859_1));
        }
        return values.isEmpty() ? "" : " " + values;
    }
}
