package io.crs.image.inspect;

import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a container of an image starts, and where it starts it.
 *
 * @param arguments entry point and command in one
 * @param workingDirectory an absolute path
 * @param path the folders searched for a program without a slash in its name
 * @param os the operating system the configuration states
 */
record Command(List<String> arguments, String workingDirectory, List<String> path, String os) {
    private static final String STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    static Command of(Image image) throws InvalidImageException {
        Json document;
        try {
            document = Json.parse(image.config(), "configuration");
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
        Json config = document.get("config").orElse(Json.object());
        List<String> arguments = new ArrayList<>(config.texts("Entrypoint"));
        arguments.addAll(config.texts("Cmd"));
        String folder = config.text("WorkingDir").orElse("");
        return new Command(
                arguments,
                folder.startsWith("/") ? folder : "/" + folder,
                List.of(path(config.texts("Env")).split(":", -1)),
                document.text("os").orElse("linux"));
    }

    /** The last of several wins, as in a runtime; a line without "=" is legal and sets nothing. */
    private static String path(List<String> environment) {
        String path = STANDARD_PATH;
        for (String line : environment) {
            if (line.startsWith("PATH=")) {
                path = line.substring("PATH=".length());
            }
        }
        return path;
    }

    /** Returns the places a program may be, in the order they are tried. */
    List<String> candidates(String program) {
        if (program.contains("/")) {
            return List.of(absolute(program));
        }
        return path.stream()
                .map(folder -> absolute((folder.isEmpty() ? "." : folder) + "/" + program))
                .toList();
    }

    private String absolute(String name) {
        return name.startsWith("/") ? name : workingDirectory + "/" + name;
    }
}
