package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.Platform;
import io.crs.image.format.TarAttributes;
import io.crs.image.format.TarWriter;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.inspect.PreloadList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The file {@code /etc/ld.so.preload} for an instrumented image: what the image has there, and the agent's object.
 *
 * @param folder the attributes of the folder it lies in, which an entry of a layer replaces
 * @param content the file's, each {@code char} one byte
 */
record PreloadFile(PreloadList.Folder folder, String content) {
    private static final int MODE = 0644;
    private static final String WARNING = "preload-file-kept";

    /** As glibc takes the file apart: a comment goes on to the end of its line. */
    private static final Pattern COMMENT = Pattern.compile("#[^\n]*");

    private static final Pattern SEPARATOR = Pattern.compile("[ \t\n:]+");

    /** Loaders at their fixed places: but for the image's own, each is of another processor or word size. */
    private static final List<String> LOADERS = List.of(
            "/lib/ld-linux.so.2",
            "/lib/ld-linux-armhf.so.3",
            "/libx32/ld-linux-x32.so.2",
            "/lib64/ld-linux-x86-64.so.2",
            "/lib/ld-linux-aarch64.so.1");

    /** Attributes in which an overlay keeps its own account of a folder: taken along, they would hide what lies below. */
    private static final Pattern OVERLAY = Pattern.compile("(trusted|user)\\.overlay\\..*", Pattern.DOTALL);

    /** Returns the file for an image; empty, with a warning, where its own must stay as it is. */
    static Optional<PreloadFile> of(WrappedImage image, String object, InstrumenterBuilder plan) throws IOException {
        PreloadList list = image.files().preloadList();
        Optional<String> obstacle = obstacle(image, list);
        if (obstacle.isPresent() || !(list instanceof PreloadList.Known known)) {
            plan.warn(WARNING, PreloadList.PATH + " is left as it is: " + obstacle.orElse(""));
            return Optional.empty();
        }
        return Optional.of(new PreloadFile(known.folder(), with(object, known.content())));
    }

    /** The end of a sentence that says why the file must stay as it is. */
    private static Optional<String> obstacle(WrappedImage image, PreloadList list) throws IOException {
        if (!image.preloads()) {
            return Optional.of("the agent has no " + AgentBundle.PRELOAD);
        }
        String libc = image.libc().kind();
        if (!libc.equals("glibc")) {
            return Optional.of("only glibc obeys it, the image has " + (libc.equals("none") ? "no C library" : libc));
        }
        List<String> volumes = ConfigEdit.volumesOver(Instrumenter.parse(image.base()), PreloadList.PATH);
        if (!volumes.isEmpty()) {
            return Optional.of("the volume " + volumes.get(0) + " would cover it");
        }
        if (list instanceof PreloadList.Known known && known.content().indexOf('\0') >= 0) {
            // The loader reads it as one string of C, and nothing behind that.
            return Optional.of("it holds a NUL");
        }
        return list instanceof PreloadList.Odd odd
                ? Optional.of(odd.why())
                : foreignLoader(image.base().platform(), image.files());
    }

    private static Optional<String> foreignLoader(Platform platform, ImageFiles files) {
        String own = platform.normalized().architecture().equals("arm64")
                ? "/lib/ld-linux-aarch64.so.1"
                : "/lib64/ld-linux-x86-64.so.2";
        return LOADERS.stream()
                .filter(loader -> !loader.equals(own) && files.resolve(loader).isPresent())
                .findFirst()
                .map(loader -> "programs started by " + loader + " would complain of the agent's object at each start");
    }

    private static String with(String object, String content) {
        String names = COMMENT.matcher(content).replaceAll(" ");
        if (SEPARATOR.splitAsStream(names).anyMatch(object::equals)) {
            return content;
        }
        boolean open = !content.isEmpty() && !content.endsWith("\n");
        return content + (open ? "\n" : "") + object + "\n";
    }

    /** Writes the file, behind the folder it lies in. */
    void writeTo(TarWriter tar) throws IOException {
        SortedMap<String, String> extended = new TreeMap<>(folder.extended());
        extended.keySet().removeIf(name -> OVERLAY.matcher(name).matches());
        String path = PreloadList.PATH.substring(1);
        tar.directory(
                path.substring(0, path.lastIndexOf('/') + 1),
                folder.mode(),
                new TarAttributes(folder.uid(), folder.gid(), folder.time(), extended));
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        tar.file(path, MODE, bytes.length, new ByteArrayInputStream(bytes));
    }
}
