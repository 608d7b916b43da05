package io.crs.cli;

import io.crs.agent.AgentProvider;
import io.crs.agent.Platform;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.InstrumenterBuilder;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.instrument.Warning;
import io.crs.image.location.ImageLocation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.Translation;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs image instrument}: an image with the agent and a policy in it. */
@Command(
        name = "instrument",
        description = "Adds one layer with the agent and a policy to an image, and makes the agent its entry point.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs image instrument oci:nginx:1.27                    writes oci:nginx:1.27-layered",
            "  crs image instrument docker-archive:nginx.tar oci:out:web --policy policy.json",
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
            description = "The image: oci:DIR[:tag] or docker-archive:FILE[:repository:tag].")
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
            names = "--platform",
            paramLabel = "P",
            description = "One platform of several, such as linux/arm64; all if not given.")
    private String platform = ALL_PLATFORMS;

    @Option(names = "--to-stdout-digest", description = "Print the new image's digest and nothing else.")
    private boolean digestOnly;

    @Option(
            names = "--allow-no-command",
            description =
                    "Accept an image with neither entry point nor command, which is given one when it is started.")
    private boolean allowNoCommand;

    InstrumentCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        ImageLocation target = target();
        Policy policy = policyFile == null ? Policy.allowingEverything() : PolicyFile.read(policyFile, terminal);
        List<Warning> warnings = new ArrayList<>();
        Instrumenter instrumenter = instrumenter(policy, warnings);
        terminal.progress("reading " + source);
        Manifest original = read();
        terminal.progress("adding the agent and \"" + policy.name() + "\"");
        Manifest instrumented = instrument(instrumenter, original);
        terminal.progress("writing " + target);
        target.write(instrumented);
        report(target, instrumented, warnings);
        return ExitCode.DONE;
    }

    private ImageLocation target() throws Refusal {
        try {
            return destination == null ? source.layered() : destination;
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(e.getMessage() + "; give a DESTINATION");
        }
    }

    private Instrumenter instrumenter(Policy policy, List<Warning> warnings) throws Refusal {
        // Compiled here, so that a policy that cannot be compiled is found before anything is read or written.
        DecisionTable[] tables = new DecisionTable[Arch.values().length];
        List<Arch> archs = List.of(Arch.values());
        for (Arch arch : archs) {
            tables[archs.indexOf(arch)] =
                    PolicyFile.compile(policy, new CompileOptions(arch, Optional.ofNullable(translation), logMode));
        }
        InstrumenterBuilder builder = Instrumenter.builder()
                .agents(AgentProvider.of(AgentProvider.installed()))
                .table(of -> tables[archs.indexOf(Arch.of(of.architecture()).orElseThrow())].bytes())
                .allowNoCommand(allowNoCommand)
                .onWarning(warnings::add);
        if (mqUrl != null) {
            try {
                builder.setting("mqUrl", mqUrl);
            } catch (IllegalArgumentException e) {
                throw Refusal.invalid("--mq-url: " + e.getMessage());
            }
        }
        return builder.build();
    }

    private Manifest read() throws IOException, Refusal {
        if (platform.equals(ALL_PLATFORMS)) {
            return source.readAll();
        }
        try {
            return source.read(Platform.parse(platform));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("--platform: " + e.getMessage() + ", or all");
        }
    }

    private Manifest instrument(Instrumenter instrumenter, Manifest original) throws IOException, Refusal {
        try {
            return instrumenter.instrument(original);
        } catch (NotInstrumentableException e) {
            throw Refusal.no(source + " cannot be instrumented", e.reasons());
        }
    }

    private void report(ImageLocation target, Manifest instrumented, List<Warning> warnings) throws IOException {
        for (Warning warning : warnings) {
            terminal.say("warning: " + warning.message());
        }
        if (root.json()) {
            terminal.print(Json.line(Json.object(
                    "source",
                    source,
                    "destination",
                    target,
                    "digest",
                    instrumented.digest(),
                    "platforms",
                    platforms(instrumented),
                    "warnings",
                    warnings.stream()
                            .map(each -> Json.object("code", each.code(), "message", each.message()))
                            .toList())));
        } else {
            terminal.print(digestOnly ? instrumented.digest().toString() : target + " " + instrumented.digest());
        }
    }

    private static List<Platform> platforms(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex index) {
            return index.platforms();
        }
        return manifest instanceof Image image ? List.of(image.platform()) : List.of();
    }
}
