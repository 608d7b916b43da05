package io.crs.benchmark.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import java.nio.file.Path;

/** The same with jib: it makes the layer of a file. */
public final class JibAppending {
    private JibAppending() {}

    /**
     * Appends a layer, in a process of its own.
     *
     * @param arguments the image, the new image, a file for the new layer, and the folder of jib's caches
     */
    public static void main(String[] arguments) throws Exception {
        append(arguments[0], arguments[1], Path.of(arguments[2]), Path.of(arguments[3]));
        // What jib leaves running holds a process up for a minute.
        System.exit(0);
    }

    static void append(String source, String target, Path file, Path caches) throws Exception {
        JibContainerBuilder image = source.startsWith("docker-archive:")
                ? Jib.from(TarImage.at(Path.of(path(source))))
                : Jib.from(RegistryImage.named(reference(source)));
        image.addFileEntriesLayer(FileEntriesLayer.builder()
                .addEntry(file, AbsoluteUnixPath.get("/added"))
                .build());
        Containerizer containerizer = target.startsWith("docker-archive:")
                ? Containerizer.to(TarImage.at(Path.of(path(target))).named("app:jib"))
                : Containerizer.to(RegistryImage.named(reference(target)));
        image.containerize(containerizer
                .setAllowInsecureRegistries(true)
                .setBaseImageLayersCache(caches)
                .setApplicationLayersCache(caches)
                .setToolName("benchmark"));
    }

    private static String reference(String location) {
        return location.replaceFirst("^docker://", "");
    }

    private static String path(String location) {
        return location.replaceFirst("^docker-archive:", "").replaceFirst(":.*", "");
    }
}
