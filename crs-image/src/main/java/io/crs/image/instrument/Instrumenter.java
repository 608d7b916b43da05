package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.Platform;
import io.crs.image.Artifact;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.FileAccess;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.inspect.ImageInspector;
import io.crs.image.location.ImageLocation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the agent into images: one layer more, the entry point wrapped, everything else as it was.
 *
 * <p>The result depends on the image, the agent, the table and the settings alone: the same four give the same digest on
 * any machine. An image that is instrumented already gets its layer replaced, never a second one. Instrumenters are
 * immutable and may be used by several threads.
 */
public final class Instrumenter {
    static final String BASE_NAME = "org.opencontainers.image.base.name";

    private static final int USUAL_LAYERS = 125;
    private static final int MOST_LAYERS = 127;

    private final InstrumenterBuilder plan;
    private final ImageInspector inspector;

    Instrumenter(InstrumenterBuilder plan) {
        this.plan = plan;
        this.inspector = new ImageInspector(plan.facts(), plan.catalog());
    }

    /** Returns a builder that has everything but an agent. */
    public static InstrumenterBuilder builder() {
        return new InstrumenterBuilder();
    }

    /**
     * Checks whether this instrumenter could instrument an image, and says why not.
     *
     * @throws InvalidImageException if the image is damaged
     */
    public Compatibility check(Image image) throws IOException {
        Image base = base(image, parse(image));
        if (!base.platform().os().equals("linux")) {
            return inspector.inspect(base);
        }
        return check(base, ImageFiles.read(base, plan.facts()));
    }

    /**
     * Checks whether this instrumenter could instrument the image at a location, and says why not: the only image there, or
     * the one for this host's processor.
     *
     * <p>Where the place gives out single files, the few that matter are asked for, and the image is not read as a whole;
     * the evidence then names the image instead of a layer.
     *
     * @throws InvalidImageException if the image is not there or damaged
     */
    public Compatibility check(ImageLocation location) throws IOException {
        Optional<FileAccess> single = location.openFiles();
        if (single.isPresent()) {
            try (FileAccess files = single.get()) {
                Optional<Compatibility> verdict = new SampledCheck(files, this::check).check();
                if (verdict.isPresent()) {
                    return verdict.get();
                }
            }
        }
        return check(location.read());
    }

    /**
     * Returns an image with the agent in it.
     *
     * @throws NotInstrumentableException if the image is sound but cannot be instrumented; the reasons say why
     * @throws InvalidImageException if the image is damaged
     */
    public Image instrument(Image image) throws IOException, NotInstrumentableException {
        return instrument(image, Optional.empty());
    }

    /**
     * Returns an index whose images have the agent in them.
     *
     * <p>An image for a platform without an agent is kept as it is, with a {@link Warning}. The attestations of changed
     * images are left out.
     *
     * @throws NotInstrumentableException if none of the images could be instrumented, or if one with an agent could not
     */
    public ImageIndex instrument(ImageIndex index) throws IOException, NotInstrumentableException {
        Map<Digest, Manifest> replacements = new LinkedHashMap<>();
        replacements(index, index.bytes(), replacements);
        if (replacements.isEmpty()) {
            throw new NotInstrumentableException(
                    List.of("there is an agent for none of the platforms " + index.platforms()));
        }
        ImageIndex replaced = index.replace(replacements);
        int dropped = index.entries().size() - replaced.entries().size();
        if (dropped > 0) {
            plan.warn(
                    "attestations-dropped",
                    dropped + " attestations are left out: they speak of images as they were before");
        }
        return replaced;
    }

    /** Instruments an image or an index, whichever it is. An artifact cannot be instrumented. */
    public Manifest instrument(Manifest manifest) throws IOException, NotInstrumentableException {
        if (manifest instanceof Image image) {
            return instrument(image);
        }
        if (manifest instanceof ImageIndex index) {
            return instrument(index);
        }
        throw new NotInstrumentableException(
                List.of(manifest.digest() + " is not an image that could run, but an artifact of another kind"));
    }

    /**
     * Returns whether the agent is in an image, also below layers that were put on top since.
     *
     * @throws InvalidImageException if the image's configuration cannot be read
     */
    public static boolean isInstrumented(Image image) throws IOException {
        return Original.place(image, parse(image)) != Original.Place.NONE;
    }

    /**
     * Returns the image an instrumented one was made from: the same configuration byte for byte, and the same manifest
     * digest unless the layers were compressed differently on their way here.
     *
     * @throws NotInstrumentableException if the image is not instrumented, or has other layers on top
     * @throws InvalidImageException if the layer and the labels contradict each other
     */
    public static Image restore(Image image) throws IOException, NotInstrumentableException {
        Json config = parse(image);
        return switch (Original.place(image, config)) {
            case TOP -> Original.of(image, config);
            case NONE ->
                throw new NotInstrumentableException(List.of("image " + image.digest() + " is not instrumented"));
            case BELOW ->
                throw new NotInstrumentableException(List.of("image " + image.digest()
                        + " was built on an instrumented image: restore that one and build again"));
        };
    }

    /**
     * Returns the index an instrumented one was made from, with the same digest and the original images, as
     * {@link #restore(Image)} gives them.
     *
     * <p>An attestation the original index lists is there only if it still lies where the instrumented index does.
     *
     * @throws NotInstrumentableException if no image of the index is instrumented, or one cannot be restored
     */
    public static ImageIndex restore(ImageIndex index) throws IOException, NotInstrumentableException {
        return IndexRestore.of(index);
    }

    /** Restores an image or an index, whichever it is. */
    public static Manifest restore(Manifest manifest) throws IOException, NotInstrumentableException {
        if (manifest instanceof Image image) {
            return restore(image);
        }
        if (manifest instanceof ImageIndex index) {
            return restore(index);
        }
        throw new NotInstrumentableException(List.of(manifest.digest() + " is not an image"));
    }

    private void replacements(ImageIndex index, byte[] outermost, Map<Digest, Manifest> replacements)
            throws IOException, NotInstrumentableException {
        for (Descriptor entry : index.entries()) {
            Manifest manifest = index.read(entry);
            if (manifest instanceof ImageIndex nested) {
                Map<Digest, Manifest> within = new LinkedHashMap<>();
                replacements(nested, outermost, within);
                if (!within.isEmpty()) {
                    replacements.put(entry.digest(), nested.replace(within));
                }
            } else if (manifest instanceof Image image) {
                Platform platform = image.platform();
                if (platform.os().equals("linux") && plan.agentFor(platform).isPresent()) {
                    replacements.put(entry.digest(), instrument(image, Optional.of(outermost)));
                } else {
                    plan.warn(
                            "platform-kept",
                            "the image for " + platform + " is kept as it is: there is no agent for it");
                }
            } else if (manifest instanceof Artifact
                    && entry.platform().isPresent()
                    && isReal(entry.platform().get())) {
                plan.warn("artifact-kept", entry.digest() + " is kept as it is: it is not an image that could run");
            }
        }
    }

    private static boolean isReal(Platform platform) {
        return !platform.os().equals("unknown");
    }

    private Image instrument(Image image, Optional<byte[]> index) throws IOException, NotInstrumentableException {
        Json given = parse(image);
        boolean again = Original.place(image, given) == Original.Place.TOP;
        Image base = again ? Original.of(image, given) : image;
        Optional<byte[]> originalIndex = again ? Original.index(image, given) : index;
        if (!base.platform().os().equals("linux")) {
            throw new NotInstrumentableException(inspector.inspect(base).reasons());
        }
        ImageFiles files = ImageFiles.readWithDigests(base, plan.facts());
        Compatibility verdict = check(base, files);
        if (!verdict.instrumentable()) {
            throw new NotInstrumentableException(verdict.reasons());
        }
        if (base.layers().size() >= USUAL_LAYERS) {
            plan.warn(
                    "many-layers",
                    "the image has " + (base.layers().size() + 1) + " layers, some runtimes take only " + USUAL_LAYERS);
        }
        AgentBundle agent = plan.agentFor(base.platform()).orElseThrow();
        // The name an instrumented image was read by is not that of its base.
        Optional<String> name = again ? Optional.ofNullable(image.annotations().get(BASE_NAME)) : plan.baseName();
        return new WrappedImage(base, agent, files, verdict.libc()).of(plan, originalIndex, name);
    }

    private Compatibility check(Image base, ImageFiles files) throws IOException {
        Compatibility verdict = inspector.inspect(base, files);
        Json config = parse(base);
        String folder = WrappedImage.folder(base, files);
        boolean runs = ConfigEdit.hasCommand(config, WrappedImage.launcher(folder));
        if (!runs && plan.allowsNoCommand() && verdict.level() != Compatibility.Level.UNSUPPORTED) {
            verdict = verdict.accepted();
        }
        Optional<AgentBundle> agent = plan.agentFor(base.platform());
        if (agent.isEmpty()) {
            verdict = verdict.refused("there is no agent for " + base.platform()
                    + "; add the module crs-native, or give one of your own");
        } else if (verdict.level() != Compatibility.Level.UNSUPPORTED) {
            for (String reason : AgentNeeds.missing(agent.get(), files, verdict.libc())) {
                verdict = verdict.refused(reason);
            }
        }
        for (String volume : ConfigEdit.volumesOver(config, folder)) {
            verdict = verdict.refused("the volume " + volume + " would cover " + folder + ", where the agent goes");
        }
        if (base.layers().size() >= MOST_LAYERS) {
            verdict = verdict.refused("the image has " + base.layers().size() + " layers, one more than " + MOST_LAYERS
                    + " cannot be mounted");
        }
        return verdict;
    }

    private static Image base(Image image, Json config) throws IOException {
        return Original.place(image, config) == Original.Place.TOP ? Original.of(image, config) : image;
    }

    static Json parse(Image image) throws InvalidImageException {
        byte[] config = image.config();
        try {
            if (config.length > Limits.CONFIG_BYTES) {
                throw new InvalidImageException("the configuration of " + image.digest() + " is too long");
            }
            return Json.parse(config, "configuration of image " + image.digest());
        } catch (MalformedException e) {
            throw new InvalidImageException(e.getMessage(), e);
        }
    }
}
