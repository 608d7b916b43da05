package io.crs.cli;

import io.crs.agent.Enforcement;
import io.crs.agent.Platform;
import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.engine.Instrumented;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.instrument.Warning;
import io.crs.image.location.ArtifactLocation;
import io.crs.image.location.ImageLocation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.Translation;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs image instrument}: an image with the agent and a policy in it. */
@Command(
        name = "instrument",
        description = "Adds one layer with the agent and a policy to an image, and makes the agent its entry point.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs image instrument oci:nginx:1.27                    writes oci:nginx:1.27-layered",
            "  crs image instrument docker://registry.example/app:1 --policy policy.json",
            "  crs image instrument docker-archive:nginx.tar oci:out:web --policy policy.json",
            "  crs image instrument docker-daemon:nginx:1.27         writes docker-daemon:nginx:1.27-layered",
            "  crs image instrument oci:app:1 --mq-url unix:/run/crs/events.sock --log-mode ALL"
        })
final class InstrumentCommand implements Callable<Integer> {
    private static final String ALL_PLATFORMS = "all";

    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            converter = ImageCommand.LocationConverter.class,
            description = "The image: " + ImageCommand.PLACES + ".")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private ImageLocation source;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DESTINATION",
            converter = ImageCommand.LocationConverter.class,
            description = "Where the new image goes; SOURCE with -layered on its tag if not given.")
    private @Nullable ImageLocation destination;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "The policy, or - for standard input; the Default Policy, which allows everything, if not"
                    + " given.")
    private @Nullable String policyFile;

    @Option(
            names = "--log-mode",
            paramLabel = "M",
            description = "Which events the agent sends: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
    private LogMode logMode = LogMode.POLICY_MONITOR_DENY;

    @Option(
            names = "--translation",
            paramLabel = "T",
            description = "The calls READ, WRITE and NETWORK rules are about, in place of the policy's own choice:"
                    + " complete or guide.")
    private @Nullable Translation translation;

    @Option(
            names = "--mq-url",
            paramLabel = "U",
            description = "Where the agent sends events: unix:/path, file:/path or stdout:.")
    private @Nullable String mqUrl;

    @Option(
            names = "--enforcement",
            paramLabel = "E",
            description =
                    "How processes are held to the policy: strict (by the kernel, so if not given) or fast (programs"
                            + " that load a C library decide in themselves which files they may read).")
    private Enforcement enforcement = Enforcement.STRICT;

    @Option(
            names = "--platform",
            paramLabel = "P",
            description = "One platform of several, such as linux/arm64; all if not given.")
    private String platform = ALL_PLATFORMS;

    @Option(
            names = "--provenance",
            description = "Also write how the image was made, beside it in the registry or OCI layout.")
    private boolean provenance;

    @Option(names = "--to-stdout-digest", description = "Print the new image's digest and nothing else.")
    private boolean digestOnly;

    @Option(
            names = "--allow-no-command",
            description =
                    "Accept an image with neither entry point nor command, which is given one when it is started.")
    private boolean allowNoCommand;

    @Option(
            names = "--preload-file",
            description =
                    "Also name the agent's object in /etc/ld.so.preload of an image with glibc, so that programs"
                            + " that enter with another LD_PRELOAD are held too; every program of the application loads it then.")
    private boolean preloadFile;

    @Mixin
    private final RegistryOptions registry;

    @Mixin
    private final CacheOptions cache = new CacheOptions();

    InstrumentCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.registry = new RegistryOptions(terminal);
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        try (registry) {
            return run();
        }
    }

    private int run() throws IOException, Refusal {
        if (registry.takesInput() && "-".equals(policyFile)) {
            throw Refusal.invalid("--policy - and --password-stdin both want standard input");
        }
        ImageLocation target = registry.reach(target());
        if (provenance && !(target instanceof ArtifactLocation)) {
            throw Refusal.invalid("--provenance: " + target + " is neither in a registry nor in an OCI layout");
        }
        Policy policy = policyFile == null ? Policy.allowingEverything() : PolicyFile.read(policyFile, terminal);
        InstrumentOptions options = options();
        terminal.progress("adding the agent and \"" + policy.name() + "\" to " + source);
        report(target, instrument(target, policy, options));
        return ExitCode.DONE;
    }

    private ImageLocation target() throws IOException, Refusal {
        try {
            return destination == null ? source.layered() : destination;
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(e.getMessage() + "; give a DESTINATION");
        }
    }

    private InstrumentOptions options() throws Refusal {
        InstrumentOptions options = InstrumentOptions.STANDARD
                .withLogMode(logMode)
                .withAllowNoCommand(allowNoCommand)
                .withPreloadFile(preloadFile)
                .withEnforcement(enforcement)
                .withProvenance(provenance);
        options = translation == null ? options : options.withTranslation(translation);
        options = mqUrl == null ? options : options.withMqUrl(mqUrl);
        if (platform.equals(ALL_PLATFORMS)) {
            return options;
        }
        try {
            return options.withPlatform(Platform.parse(platform));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("--platform: " + e.getMessage() + ", or all");
        }
    }

    private Instrumented instrument(ImageLocation target, Policy policy, InstrumentOptions options)
            throws IOException, Refusal {
        try {
            return Crs.builder()
                    .cache(cache.open())
                    .build()
                    .instrument(registry.reach(source), target, policy, options);
        } catch (NotInstrumentableException e) {
            throw Refusal.no(source + " cannot be instrumented", e.reasons());
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(String.valueOf(e.getMessage()));
        }
    }

    private void report(ImageLocation target, Instrumented result) throws IOException {
        for (Warning warning : result.warnings()) {
            terminal.say("warning: " + warning.message());
        }
        if (root.json()) {
            terminal.print(Json.line(Json.object(
                    "source",
                    source,
                    "destination",
                    target,
                    "digest",
                    result.digest(),
                    "platforms",
                    result.platforms(),
                    "warnings",
                    result.warnings().stream()
                            .map(each -> Json.object("code", each.code(), "message", each.message()))
                            .toList())));
        } else {
            terminal.print(digestOnly ? result.digest().toString() : target + " " + result.digest());
        }
    }
}
