package io.crs.cli;

import io.crs.engine.Crs;
import io.crs.image.location.ImageLocation;
import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.learn.HeldOut;
import io.crs.policy.learn.LearnedPolicy;
import io.crs.policy.learn.NotLearned;
import io.crs.policy.learn.PolicyLearner;
import io.crs.policy.learn.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy learn}: a policy from what containers were seen to do. */
@Command(
        name = "learn",
        description =
                "Learns a policy from recorded events: rules that allow what was seen, defaults that deny all else,"
                        + " permissive until you say otherwise. Prints it with the evidence for every rule, as JSON.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy learn monday.jsonl tuesday.jsonl --image oci:app:1 --out policy.json",
            "  crs policy learn events.jsonl --merge policy.json --out wider.json",
            "  crs policy learn events.jsonl --log-action DENY      allow what was denied so far"
        })
final class LearnCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(
            arity = "1..*",
            paramLabel = "EVENTS",
            description = "Files of event lines, a run each; events of several containers are a run each.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private List<Path> files;

    @Option(
            names = "--merge",
            paramLabel = "POLICY",
            description = "A policy to add to: its rules go first and all its settings stay.")
    private @Nullable String merge;

    @Option(
            names = "--log-action",
            paramLabel = "A",
            description = "Only events with this action: ${COMPLETION-CANDIDATES}; all of them if not given.")
    private @Nullable Action logAction;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            converter = ImageCommand.LocationConverter.class,
            description =
                    "The image that ran, not instrumented: bounds what a pattern may open, and tells the breadth.")
    private @Nullable ImageLocation image;

    @Option(names = "--name", paramLabel = "NAME", description = "The policy's name; \"Learned policy\" if not given.")
    private @Nullable String name;

    @Option(
            names = "--min-runs",
            paramLabel = "N",
            description = "Learn only what was seen in so many runs; ${DEFAULT-VALUE} if not given.")
    private int minimumRuns = 1;

    @Option(
            names = "--group-addresses",
            paramLabel = "N",
            description =
                    "One rule for a block of addresses once so many of it were reached on one port; off if not given.")
    private @Nullable Integer groupAddresses;

    @Option(
            names = "--never-learn",
            paramLabel = "PATTERN",
            description = "Files of which nothing is learned, besides the secrets that never are; may be given often.")
    private List<String> neverLearn = new ArrayList<>();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where the bare policy is written.")
    private @Nullable Path output;

    @Mixin
    private final RegistryOptions registry;

    LearnCommand(Terminal terminal, CrsCommand root) {
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
        Policy existing = merge == null ? null : PolicyFile.read(merge, terminal);
        List<Recording> runs = new ArrayList<>();
        for (Path file : files) {
            InputFile.check(file.toString()); // before anything long is begun
            runs.add(Recording.ofEvents(file.toString(), file));
        }
        PolicyLearner learner = learner();
        terminal.progress("learning from " + files.size() + " files");
        LearnedPolicy learned = merged(learner.learn(runs), existing);
        if (learned.saturation().isEmpty() && !learned.notLearned().isEmpty()) {
            throw Refusal.invalid("nothing can be learned from these files: "
                    + learned.notLearned().get(0).what());
        }
        if (output != null) {
            OutputFile.write(output, learned.policy().toJson().getBytes(StandardCharsets.UTF_8));
        }
        if (output == null || root.json()) {
            terminal.print(learned.toJson());
        } else {
            summarise(learned);
        }
        return ExitCode.DONE;
    }

    private PolicyLearner learner() throws IOException, Refusal {
        PolicyLearner.Builder learner = PolicyLearner.builder();
        try {
            learner.minimumRuns(minimumRuns);
            if (name != null) {
                learner.name(name);
            }
            if (logAction != null) {
                learner.logAction(logAction);
            }
            if (groupAddresses != null) {
                learner.groupAddresses(groupAddresses);
            }
            neverLearn.forEach(learner::neverLearn);
            if (image != null) {
                terminal.progress("reading " + image);
                learner.imageFiles(Crs.standard().files(registry.reach(image)));
            }
            return learner.build();
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static LearnedPolicy merged(LearnedPolicy learned, @Nullable Policy existing) throws Refusal {
        if (existing == null) {
            return learned;
        }
        try {
            return new LearnedPolicy(
                    learned.mergeInto(existing),
                    learned.evidence(),
                    learned.heldOut(),
                    learned.breadth(),
                    learned.notLearned(),
                    learned.saturation());
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(String.valueOf(e.getMessage()));
        }
    }

    private void summarise(LearnedPolicy learned) throws IOException {
        terminal.print(output + ": " + learned.policy().rules().size() + " rules; held-out recall "
                + share(learned.heldOutRecall()) + method(learned) + ", opens " + share(learned.breadth())
                + " of the image's files");
        for (NotLearned each : learned.notLearned()) {
            terminal.print("not learned: " + each.what() + " (" + each.reason() + ", " + each.count() + " times)");
        }
    }

    private static String method(LearnedPolicy learned) {
        return learned.heldOut()
                .filter(result -> result.method() == HeldOut.Method.SLICES_OF_TIME)
                .map(result -> " (one run cut by time, which misses what happens once; record several runs)")
                .orElse("");
    }

    private static String share(OptionalDouble value) {
        return value.isEmpty() ? "unknown" : String.format(Locale.ROOT, "%.2f %%", value.getAsDouble() * 100);
    }
}
