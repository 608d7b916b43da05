package io.crs.quickstart;

import io.crs.image.instrument.NotInstrumentableException;
import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host behind {@code tools/quickstart}: instruments images with a policy, runs them, tries what the policy forbids and
 * what it allows, and shows the events. Exits with 0 if everything came out as it must, 1 if not, 2 for wrong arguments or
 * a broken policy, 3 if an image or the engine fails.
 */
public final class Quickstart {
    private Quickstart() {}

    /** Takes {@code [--policy FILE] --image IMAGE}, or the names of the two demo images. */
    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) {
        try {
            Arguments arguments = Arguments.of(args);
            Policy policy = Policy.read(arguments.policy());
            try (Workshop workshop = Workshop.open(ContainerEngine.ofEnvironment(), policy)) {
                List<Session.Outcome> outcomes = arguments.image().isPresent()
                        ? new OwnImage(workshop).tryOut(arguments.image().get())
                        : demo(workshop, arguments.demoImages());
                return new Report(workshop.events(), outcomes).print(System.out) ? 0 : 1;
            }
        } catch (IllegalArgumentException wrong) {
            return fail(2, wrong.getMessage());
        } catch (InvalidPolicyException broken) {
            broken.problems().forEach(problem -> fail(2, problem.pointer() + ": " + problem.message()));
            return 2;
        } catch (NotInstrumentableException refused) {
            return fail(1, refused.getMessage());
        } catch (IOException failed) {
            return fail(3, failed.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return fail(130, "stopped");
        }
    }

    private static List<Session.Outcome> demo(Workshop workshop, List<String> images)
            throws IOException, InterruptedException, NotInstrumentableException {
        List<Session.Outcome> outcomes =
                new ArrayList<>(workshop.instrument(images.get(0)).inOneShell("bash", DemoAttempts.debian()));
        outcomes.addAll(workshop.instrument(images.get(1)).oneByOne(DemoAttempts.statically()));
        return outcomes;
    }

    private static int fail(int status, @org.jspecify.annotations.Nullable String message) {
        System.err.println("quickstart: " + message);
        return status;
    }

    private record Arguments(Path policy, Optional<String> image, List<String> demoImages) {

        static Arguments of(List<String> args) {
            Path policy = Path.of("examples/quickstart/policy.json");
            Optional<String> image = Optional.empty();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < args.size(); i++) {
                switch (args.get(i)) {
                    case "--policy" -> policy = Path.of(value(args, ++i));
                    case "--image" -> image = Optional.of(value(args, ++i));
                    default -> names.add(args.get(i));
                }
            }
            if (image.isEmpty() && names.size() != 2) {
                throw new IllegalArgumentException("takes --image IMAGE, or the names of the two demo images");
            }
            if (!Files.isReadable(policy)) {
                throw new IllegalArgumentException(policy + ": no such policy file");
            }
            return new Arguments(policy, image, names);
        }

        private static String value(List<String> args, int index) {
            if (index >= args.size()) {
                throw new IllegalArgumentException(args.get(index - 1) + " needs a value");
            }
            return args.get(index);
        }
    }
}
