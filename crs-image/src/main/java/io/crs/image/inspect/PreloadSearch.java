package io.crs.image.inspect;

import io.crs.image.format.MalformedException;
import io.crs.image.format.TarAttributes;
import io.crs.image.format.TarReader;
import io.crs.image.inspect.Facts.Folder;
import io.crs.image.inspect.Facts.Preloads;
import io.crs.image.inspect.Facts.Unreadable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds the {@link PreloadList} of an image: what of it is read from the layers, and what becomes of it in the merged view. */
final class PreloadSearch {
    static final int MOST_BYTES = 64 << 10;

    /** More than any file system that images are unpacked on takes for one folder. */
    static final int MOST_EXTENDED_BYTES = 128 << 10;

    static final int MOST_EXTENDED = 256;

    private static final String FOLDER = "etc";
    private static final String NAME = "ld.so.preload";
    private static final int USUAL_MODE = 0755;

    private PreloadSearch() {}

    static boolean isFile(String path) {
        return path.equals(PreloadList.PATH);
    }

    /** Returns whether a name is that of the file, by whatever path a layer came to its folder. */
    static boolean isFile(Node parent, String name) {
        return name.equals(NAME) && parent.name.equals(FOLDER) && parent.parent != null && parent.parent.parent == null;
    }

    static Facts read(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(MOST_BYTES + 1);
        return bytes.length > MOST_BYTES
                ? new Unreadable("it is longer than " + MOST_BYTES + " bytes")
                : new Preloads(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** Reads the attributes of the one folder whose are needed; what is wrong with them is nobody else's business. */
    static Optional<Facts> folder(String path, TarReader tar) {
        if (!path.equals("/" + FOLDER)) {
            return Optional.empty();
        }
        try {
            TarAttributes attributes = tar.attributes();
            int bytes = attributes.extended().entrySet().stream()
                    .mapToInt(each -> each.getKey().length() + each.getValue().length())
                    .sum();
            return Optional.of(
                    bytes > MOST_EXTENDED_BYTES || attributes.extended().size() > MOST_EXTENDED
                            ? new Unreadable("there are too many")
                            : new Folder(attributes));
        } catch (MalformedException e) {
            return Optional.of(new Unreadable(String.valueOf(e.getMessage())));
        }
    }

    static PreloadList of(FileTree tree) {
        Node folder = tree.root().child(FOLDER);
        if (folder == null) {
            return new PreloadList.Known(attributes(USUAL_MODE, TarAttributes.PLAIN), "");
        }
        if (!folder.isDirectory()) {
            return new PreloadList.Odd("/etc is a " + (folder.kind == Node.Kind.SYMBOLIC_LINK ? "link" : "file"));
        }
        if (folder.facts instanceof Unreadable unreadable) {
            return new PreloadList.Odd("the attributes of /etc could not be read: " + unreadable.why());
        }
        // A folder that no entry names is made by the runtime.
        PreloadList.Folder attributes = folder.facts instanceof Folder known
                ? attributes(folder.mode, known.attributes())
                : attributes(USUAL_MODE, TarAttributes.PLAIN);
        Node file = folder.child(NAME);
        return file == null ? new PreloadList.Known(attributes, "") : of(attributes, file);
    }

    private static PreloadList of(PreloadList.Folder folder, Node file) {
        if (file.kind != Node.Kind.FILE) {
            return new PreloadList.Odd("it is a " + (file.isDirectory() ? "folder" : "link"));
        }
        if (file.facts instanceof Preloads preloads) {
            return new PreloadList.Known(folder, preloads.content());
        }
        return new PreloadList.Odd(
                "it could not be read" + (file.facts instanceof Unreadable unreadable ? ": " + unreadable.why() : ""));
    }

    private static PreloadList.Folder attributes(int mode, TarAttributes others) {
        return new PreloadList.Folder(mode, others.uid(), others.gid(), others.time(), others.extended());
    }
}
