package io.crs.engine;

import io.crs.agent.AgentBundle;
import io.crs.agent.Enforcement;
import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import io.crs.image.Artifact;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.FactCache;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.inspect.SupportCatalog;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.InstrumenterBuilder;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.instrument.Provenance;
import io.crs.image.instrument.Warning;
import io.crs.image.location.ArtifactLocation;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.policy.Policy;
import io.crs.policy.analyze.LintReport;
import io.crs.policy.analyze.PolicyLint;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The few calls that tie policy, image and agent: check an image, and make one that lives under a policy.
 *
 * <p>Agents are those given to the builder first, and those installed beside this library second. Where two places have
 * one for the same platform, using it throws an {@link IllegalStateException} that lists them. Immutable, safe for all
 * threads.
 */
public final class Crs {
    private final HookProvider agents;
    private final FactCache facts;
    private final SupportCatalog catalog;

    private Crs(HookProvider agents, FactCache facts, SupportCatalog catalog) {
        this.agents = agents;
        this.facts = facts;
        this.catalog = catalog;
    }

    /** With the agents that are installed. */
    public static Crs standard() {
        return builder().build();
    }

    /** A builder without anything. */
    public static Builder builder() {
        return new Builder();
    }

    /** The agent for a platform; empty if there is none. */
    public Optional<AgentBundle> agent(Platform platform) {
        return agents.find(platform);
    }

    /**
     * Checks whether the image at a location can be instrumented, and says why not: the only image there, or the one
     * for this host's processor.
     *
     * @throws InvalidImageException if it is not there or damaged
     */
    public Compatibility check(ImageLocation source) throws IOException {
        return instrumenter().check(source);
    }

    /** Checks whether the image for a platform can be instrumented. */
    public Compatibility check(ImageLocation source, Platform platform) throws IOException {
        return instrumenter().check(source.read(platform));
    }

    private Instrumenter instrumenter() {
        return prepared().build();
    }

    private InstrumenterBuilder prepared() {
        return Instrumenter.builder().agents(agents).cache(facts).catalog(catalog);
    }

    /**
     * The paths of all files of an image, in order, as a policy is learned by them: the only image at the location, or
     * the one for this host's processor.
     *
     * @throws InvalidImageException if it is not there or damaged, or has more than a million files
     */
    public List<String> files(ImageLocation source) throws IOException {
        return ImageFiles.readAll(source.read(), facts).paths();
    }

    /**
     * What is likely wrong with a policy for containers of an image.
     *
     * @throws InvalidImageException if the image is not there or damaged
     */
    public LintReport lint(Policy policy, ImageLocation source) throws IOException {
        Image image = source.read();
        return PolicyLint.of(policy, arch(image.platform()), new InspectedImage(image));
    }

    /** What is likely wrong with a policy for containers of an image, on an architecture that need not be the image's. */
    public LintReport lint(Policy policy, ImageLocation source, Arch arch) throws IOException {
        return PolicyLint.of(policy, arch, new InspectedImage(source.read()));
    }

    /**
     * Reads an image, puts the agent and the policy into it, and writes the result: what is there for all platforms
     * unless the options name one. Images of an index for platforms without an agent stay as they are, with a warning.
     *
     * @throws IllegalArgumentException if an option or the policy cannot be used; nothing was read or written then
     * @throws NotInstrumentableException if the image is sound but no agent can go in; the reasons say why
     * @throws InvalidImageException if the image is not there or damaged
     */
    public Instrumented instrument(
            ImageLocation source, ImageLocation destination, Policy policy, InstrumentOptions options)
            throws IOException, NotInstrumentableException {
        if (options.provenance() && !(destination instanceof ArtifactLocation)) {
            throw new IllegalArgumentException(
                    destination + " keeps no provenance beside an image: a registry and an OCI layout do");
        }
        List<Warning> warnings = new ArrayList<>();
        // First of all, so that a policy that cannot be compiled is found before an image is read.
        Map<Arch, byte[]> tables = new EnumMap<>(Arch.class);
        for (Arch arch : Arch.values()) {
            tables.put(arch, table(policy, options, arch));
        }
        InstrumenterBuilder builder = prepared()
                .table(platform -> Objects.requireNonNull(tables.get(arch(platform))))
                .allowNoCommand(options.allowNoCommand())
                .preloadFile(options.preloadFile())
                .onWarning(warnings::add);
        options.mqUrl().ifPresent(url -> builder.setting("mqUrl", url));
        Optional<String> name = source instanceof RegistryImage image
                ? Optional.of(image.reference().toString())
                : Optional.empty();
        name.ifPresent(builder::baseName);
        if (options.enforcement() != Enforcement.STRICT) {
            builder.setting("enforcement", options.enforcement().id());
        }
        Manifest given =
                options.platform().isPresent() ? source.read(options.platform().get()) : source.readAll();
        Manifest made = builder.build().instrument(given);
        destination.write(made);
        if (options.provenance() && destination instanceof ArtifactLocation target) {
            target.attach(provenance(made, given, name, tables));
        }
        return new Instrumented(made.digest(), covered(made), warnings);
    }

    private Artifact provenance(Manifest made, Manifest given, Optional<String> name, Map<Arch, byte[]> tables)
            throws IOException {
        Map<String, String> versions = new TreeMap<>();
        Map<String, Digest> policies = new TreeMap<>();
        for (Platform platform : covered(made)) {
            agents.find(platform).ifPresent(agent -> versions.put(platform.toString(), agent.version()));
            policies.put(platform.toString(), Digest.of(Objects.requireNonNull(tables.get(arch(platform)))));
        }
        return Provenance.of(made, given, name, versions, policies);
    }

    private static byte[] table(Policy policy, InstrumentOptions options, Arch arch) {
        CompileOptions compile = CompileOptions.of(arch).withLogMode(options.logMode());
        return DecisionTable.compile(
                        policy,
                        options.translation().map(compile::withTranslation).orElse(compile))
                .bytes();
    }

    private static Arch arch(Platform platform) {
        return Arch.of(platform.normalized().architecture())
                .orElseThrow(() -> new IllegalStateException(
                        "there is an agent for " + platform + ", but no decision table can be made for it"));
    }

    /** The platforms that live under the policy now. */
    private List<Platform> covered(Manifest made) throws IOException {
        List<Platform> all = made instanceof ImageIndex index
                ? index.platforms()
                : made instanceof Image image ? List.of(image.platform()) : List.of();
        return all.stream()
                .filter(platform -> agents.find(platform).isPresent())
                .toList();
    }

    /** Where agents come from, being collected. Not safe for several threads. */
    public static final class Builder {
        private final List<HookProvider> given = new ArrayList<>();
        private FactCache facts = FactCache.none();
        private SupportCatalog catalog = SupportCatalog.bundled();

        private Builder() {}

        /** Adds a place agents come from; it goes before what is installed. */
        public Builder agents(HookProvider provider) {
            given.add(provider);
            return this;
        }

        /** Adds the agent for one platform. */
        public Builder agent(AgentBundle bundle) {
            Platform own = bundle.platform().normalized();
            return agents(platform ->
                    Optional.of(bundle).filter(each -> platform.normalized().equals(own)));
        }

        /** Sets what keeps what was found out about layers; without one all layers of an image are read each time. */
        public Builder cache(FactCache cache) {
            facts = cache;
            return this;
        }

        /** Sets what has been tested; what the user guide lists if not said. */
        public Builder catalog(SupportCatalog tested) {
            catalog = tested;
            return this;
        }

        /** The calls, ready. */
        public Crs build() {
            HookProvider first = HookProvider.of(given);
            HookProvider second = HookProvider.of(HookProvider.installed());
            return new Crs(platform -> first.find(platform).or(() -> second.find(platform)), facts, catalog);
        }
    }
}
