package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.image.Blob;
import io.crs.image.Digest;
import io.crs.image.Layer;
import io.crs.image.format.StoredGzipOutput;
import io.crs.image.format.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The layer the agent comes in: one folder in the root and what lies in it, and a {@link PreloadFile} where that is wanted.
 *
 * <p>But for the folder of that file, no entry ever names one that could be in the image below, since an entry replaces the
 * attributes of a folder, and in some runtimes a link by a folder. The bytes depend on the files alone.
 */
final class AgentLayer {
    private static final int READ_ONLY = 0444;
    private static final String SBOM = "sbom.cdx.json";
    private static final int FOLDER_MODE = 0755;

    private final SortedMap<String, AgentFile> files = new TreeMap<>();
    private @Nullable PreloadFile preloadFile;

    /** Adds a file of the agent. */
    void add(AgentFile file) {
        if (files.put(file.path(), file) != null) {
            throw new IllegalArgumentException("the layer would hold " + file.path() + " twice");
        }
    }

    /** Adds a file all may read. */
    void add(String path, byte[] content) {
        add(new AgentFile(path, READ_ONLY, content));
    }

    /** Sets what lies outside the folder. */
    void set(PreloadFile file) {
        preloadFile = file;
    }

    /** Adds the bill of materials of what is here. */
    void addSbom(AgentBundle agent, String folder) {
        add(SBOM, Sbom.of(agent, folder, files.values()));
    }

    /** Makes the layer: the folder lies in the root. */
    Layer in(String folder, String mediaType) throws IOException {
        byte[] tar = tar(folder);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new StoredGzipOutput(compressed)) {
            out.write(tar);
        }
        return new Layer(Blob.of(mediaType, compressed.toByteArray()), Digest.of(tar));
    }

    private byte[] tar(String folder) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        Set<String> written = new TreeSet<>();
        tar.directory(folder + "/", FOLDER_MODE);
        for (AgentFile file : files.values()) {
            String path = file.path();
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (written.add(path.substring(0, slash))) {
                    tar.directory(folder + "/" + path.substring(0, slash + 1), FOLDER_MODE);
                }
            }
            tar.file(folder + "/" + path, file.mode(), file.size(), file.open());
        }
        if (preloadFile != null) {
            preloadFile.writeTo(tar);
        }
        tar.finish();
        return out.toByteArray();
    }
}
