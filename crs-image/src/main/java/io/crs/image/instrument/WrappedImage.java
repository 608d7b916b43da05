package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.MediaType;
import io.crs.image.format.Json;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.ExecutableList;
import io.crs.image.inspect.ImageFiles;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An image with one layer more and its entry point wrapped.
 *
 * @param base the image before
 * @param agent what goes in
 * @param files what is in the image
 * @param libc the C library its programs run on
 */
record WrappedImage(Image base, AgentBundle agent, ImageFiles files, Libc libc) {
    static final String FOLDER = "/.crs";
    static final String BASE_DIGEST = "org.opencontainers.image.base.digest";
    private static final String TABLE = "table";
    private static final String SETTINGS = "daemon.toml";
    private static final String EXECUTABLES = "executables";

    /**
     * Returns the image with the agent in it.
     *
     * @param plan what goes in besides the agent
     * @param index the index the image is of, to be remembered
     * @param baseName the name the image was read by, to be remembered
     */
    Image of(InstrumenterBuilder plan, Optional<byte[]> index, Optional<String> baseName) throws IOException {
        String folder = folder(base, files);
        Optional<byte[]> table = plan.tableFor(base.platform());
        AgentLayer contents = new AgentLayer();
        for (AgentFile file : agent.files()) {
            contents.add(file);
        }
        table.ifPresent(bytes -> contents.add(TABLE, bytes));
        if (!plan.settings().isEmpty()) {
            contents.add(SETTINGS, plan.settings().toBytes());
        }
        contents.addSbom(agent, folder);
        contents.add(EXECUTABLES, ExecutableList.of(files).toBytes());
        contents.add(Original.MANIFEST, base.bytes());
        contents.add(Original.CONFIG, base.config());
        index.ifPresent(bytes -> contents.add(Original.INDEX, bytes));
        String object = folder + "/" + AgentBundle.PRELOAD;
        if (plan.wantsPreloadFile()) {
            PreloadFile.of(this, object, plan).ifPresent(contents::set);
        }
        boolean docker = MediaType.isDocker(base.mediaType());
        Layer layer = contents.in(folder.substring(1), docker ? MediaType.DOCKER_LAYER_GZIP : MediaType.OCI_LAYER_GZIP);

        Image stacked = base.append(layer, "crs agent " + agent.version());
        Json config =
                ConfigEdit.wrapped(Instrumenter.parse(stacked), launcher(folder), labels(folder, layer, index, table));
        if (preloads()) {
            config = ConfigEdit.preloading(config, object);
        }
        Image result = stacked.withConfig(config.toBytes());
        if (docker) {
            return result;
        }
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(BASE_DIGEST, base.digest().toString());
        baseName.ifPresent(name -> annotations.put(Instrumenter.BASE_NAME, name));
        return result.withAnnotations(annotations);
    }

    /** Returns whether the agent has an object for programs to load. */
    boolean preloads() {
        return agent.files().stream().anyMatch(file -> file.path().equals(AgentBundle.PRELOAD));
    }

    private Map<String, String> labels(String folder, Layer layer, Optional<byte[]> index, Optional<byte[]> table)
            throws IOException {
        Map<String, String> labels = new TreeMap<>();
        labels.put(Labels.AGENT, agent.version());
        labels.put(Labels.FOLDER, folder);
        labels.put(Labels.LAYER, layer.diffId().toString());
        labels.put(
                Labels.ORIGINAL_ENTRY_POINT,
                ConfigEdit.originalEntryPoint(Instrumenter.parse(base)).toString());
        labels.put(Labels.ORIGINAL_MANIFEST, base.digest().toString());
        index.ifPresent(
                bytes -> labels.put(Labels.ORIGINAL_INDEX, Digest.of(bytes).toString()));
        table.ifPresent(bytes -> labels.put(Labels.TABLE, Digest.of(bytes).toString()));
        return labels;
    }

    /** The usual folder; where the image has that name for something of its own, one it does not have. */
    static String folder(Image base, ImageFiles files) throws IOException {
        Json config = Instrumenter.parse(base);
        if (Original.place(base, config) == Original.Place.BELOW) {
            return Original.folder(config);
        }
        String folder = FOLDER;
        String hex = base.digest().hex();
        for (int i = 0; files.rootNames().contains(folder.substring(1)); i += 8) {
            if (i + 8 > hex.length()) {
                throw new InvalidImageException(
                        "image " + base.digest() + " has every name the agent's folder could have");
            }
            folder = FOLDER + "-" + hex.substring(i, i + 8);
        }
        return folder;
    }

    static String launcher(String folder) {
        return folder + "/" + AgentBundle.INIT;
    }
}
