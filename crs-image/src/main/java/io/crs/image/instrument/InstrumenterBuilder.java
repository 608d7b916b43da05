package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import io.crs.image.inspect.FactCache;
import io.crs.image.inspect.SupportCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What an {@link Instrumenter} puts into images, being collected. Not safe for use by several threads; {@link #build}
 * takes a copy.
 */
public final class InstrumenterBuilder {
    private final List<HookProvider> agents = new ArrayList<>();
    private Function<Platform, Optional<byte[]>> table = platform -> Optional.empty();
    private final Settings settings = new Settings();
    private Optional<String> baseName = Optional.empty();
    private boolean allowNoCommand;
    private boolean preloadFile;
    private FactCache cache = FactCache.none();
    private SupportCatalog catalog = SupportCatalog.bundled();
    private Consumer<Warning> warnings = warning -> {};

    InstrumenterBuilder() {}

    /** Adds the agent for one platform. */
    public InstrumenterBuilder agent(AgentBundle bundle) {
        Platform platform = bundle.platform().normalized();
        return agents(
                asked -> Optional.of(bundle).filter(each -> asked.normalized().equals(platform)));
    }

    /** Adds a place agents come from; the one added first is asked first. */
    public InstrumenterBuilder agents(HookProvider provider) {
        agents.add(provider);
        return this;
    }

    /** Sets the compiled policy for images of every platform; for an image of one, or where it is the same for all. */
    public InstrumenterBuilder table(byte[] bytes) {
        byte[] copy = bytes.clone();
        table = platform -> Optional.of(copy.clone());
        return this;
    }

    /** Sets the compiled policy by platform: tables differ from processor to processor. */
    public InstrumenterBuilder table(Function<Platform, byte[]> tables) {
        table = platform -> Optional.of(tables.apply(platform).clone());
        return this;
    }

    /**
     * Sets a value of the agent's {@code daemon.toml}, such as {@code mqUrl}.
     *
     * @throws IllegalArgumentException if the name is no plain word, or the value holds a control character, or is an
     *     address with a password: everyone with the image could read it
     */
    public InstrumenterBuilder setting(String name, String value) {
        settings.set(name, value);
        return this;
    }

    /** Sets the name of the original image, to be noted as {@code org.opencontainers.image.base.name}. */
    public InstrumenterBuilder baseName(String name) {
        baseName = Optional.of(name);
        return this;
    }

    /** Allows an image with neither entry point nor command: whoever starts it always gives a command. */
    public InstrumenterBuilder allowNoCommand(boolean allowed) {
        allowNoCommand = allowed;
        return this;
    }

    /**
     * Sets whether the agent's object is also named in the image's {@code /etc/ld.so.preload}, behind what that holds, so that
     * programs which enter with another {@code LD_PRELOAD} take the filter on too; every program of the application loads it
     * then. Where an image does not allow that, the file stays as it is, with a {@link Warning}.
     */
    public InstrumenterBuilder preloadFile(boolean wanted) {
        preloadFile = wanted;
        return this;
    }

    /** Sets what keeps what was found out about layers; without one all layers of an image are read. */
    public InstrumenterBuilder cache(FactCache facts) {
        cache = facts;
        return this;
    }

    /** Sets what has been tested; what the user guide lists if not said. */
    public InstrumenterBuilder catalog(SupportCatalog tested) {
        catalog = tested;
        return this;
    }

    /** Sets who hears of what is odd but no error. */
    public InstrumenterBuilder onWarning(Consumer<Warning> listener) {
        warnings = listener;
        return this;
    }

    /**
     * Returns an instrumenter.
     *
     * @throws IllegalStateException if there is no agent
     */
    public Instrumenter build() {
        if (agents.isEmpty()) {
            throw new IllegalStateException("an instrumenter needs an agent: call agent or agents");
        }
        InstrumenterBuilder copy = new InstrumenterBuilder();
        copy.agents.addAll(agents);
        copy.table = table;
        copy.settings.setAll(settings);
        copy.baseName = baseName;
        copy.allowNoCommand = allowNoCommand;
        copy.preloadFile = preloadFile;
        copy.cache = cache;
        copy.catalog = catalog;
        copy.warnings = warnings;
        return new Instrumenter(copy);
    }

    /** A later variant of a processor runs what is built for the first one. */
    Optional<AgentBundle> agentFor(Platform platform) {
        Platform first = new Platform(platform.os(), platform.architecture(), Optional.empty()).normalized();
        boolean compatible = first.equals(Platform.LINUX_AMD64) || first.equals(Platform.LINUX_ARM64);
        return find(platform.normalized()).or(() -> compatible ? find(first) : Optional.empty());
    }

    private Optional<AgentBundle> find(Platform platform) {
        return agents.stream()
                .flatMap(provider -> provider.find(platform).stream())
                .findFirst();
    }

    Optional<byte[]> tableFor(Platform platform) {
        return table.apply(platform.normalized());
    }

    Settings settings() {
        return settings;
    }

    Optional<String> baseName() {
        return baseName;
    }

    FactCache facts() {
        return cache;
    }

    SupportCatalog catalog() {
        return catalog;
    }

    boolean allowsNoCommand() {
        return allowNoCommand;
    }

    boolean wantsPreloadFile() {
        return preloadFile;
    }

    void warn(String code, String message) {
        warnings.accept(new Warning(code, message));
    }
}
