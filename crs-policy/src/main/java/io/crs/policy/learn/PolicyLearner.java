package io.crs.policy.learn;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.learn.NotLearned.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Learns a policy from what a container was seen to do: rules that allow it, and defaults that deny all else.
 *
 * <p>Names are generalised where they would be another in the next run; {@code docs/learning.md} has the thresholds.
 * Secrets, and what else an attack would want, are never learned. The memory it takes is bounded whatever is recorded.
 * The same recordings give the same policy. Immutable, safe for all threads.
 */
public final class PolicyLearner {
    private final LearningOptions options;

    private PolicyLearner(LearningOptions options) {
        this.options = options;
    }

    /** A learner that uses all that was recorded, knows no image, and groups no addresses. */
    public static PolicyLearner withDefaults() {
        return builder().build();
    }

    /** Starts a learner. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The policy for what these runs did.
     *
     * @throws IOException if a recording cannot be read
     */
    public LearnedPolicy learn(List<? extends Recording> runs) throws IOException {
        Session session = new Session(options);
        for (Recording run : runs) {
            run.tell(session);
        }
        return session.learned();
    }

    /** One time of learning. */
    private static final class Session implements Recording.Listener {
        private final LearningOptions options;
        private final Ledger ledger = new Ledger();
        private final Memory memory;
        private final List<LearnedPolicy.Saturation> saturation = new ArrayList<>();
        private long observations;

        private Session(LearningOptions options) {
            this.options = options;
            this.memory = new Memory(options, ledger);
        }

        @Override
        public void seen(Observation observation) {
            if (options.logAction().isPresent() && options.logAction().get() != observation.action()) {
                return;
            }
            memory.add(observation);
            observations++;
            if (Long.bitCount(observations) == 1) {
                saturation.add(new LearnedPolicy.Saturation(observations, memory.behaviours()));
            }
        }

        @Override
        public void unusable(String why) {
            ledger.add(Reason.UNUSABLE, why);
        }

        private LearnedPolicy learned() {
            Generaliser generaliser = new Generaliser(options, memory);
            RuleMaker maker = new RuleMaker();
            Map<Group, List<Memory.Name>> learned = new LinkedHashMap<>();
            memory.groups().forEach((group, names) -> {
                Set<String> believed = generaliser.believed(group, names.all(), Optional.empty());
                List<Memory.Name> kept = new ArrayList<>();
                for (Memory.Name name : names.all()) {
                    if (make(group, name, believed, maker)) {
                        kept.add(name);
                    }
                }
                learned.put(group, kept);
            });
            if (Long.bitCount(observations) > 1) {
                saturation.add(new LearnedPolicy.Saturation(observations, memory.behaviours()));
            }
            List<Evidence> evidence = new ArrayList<>();
            List<Rule> rules = maker.rules(evidence);
            return new LearnedPolicy(
                    policy(rules),
                    evidence,
                    CrossValidation.of(memory, generaliser, learned),
                    breadth(rules),
                    ledger.report(),
                    saturation);
        }

        private boolean make(Group group, Memory.Name name, Set<String> believed, RuleMaker maker) {
            List<String> patterns = Generaliser.widest(name, believed);
            patterns.forEach(pattern -> maker.add(group, pattern, name.seen()));
            if (patterns.isEmpty()) {
                boolean few = name.seen().runs().cardinality() < options.minimumRuns();
                ledger.add(
                        few ? Reason.TOO_FEW_RUNS : Reason.TOO_MANY,
                        name.behaviour().describe(),
                        name.seen());
            }
            return !patterns.isEmpty();
        }

        private Policy policy(List<Rule> rules) {
            return Policy.named(options.name())
                    .mode(PolicyMode.PERMISSIVE)
                    .defaults(Category.FILE, Action.DENY)
                    .defaults(Category.NETWORK, Action.DENY)
                    .defaults(Category.EXECUTE, Action.DENY)
                    .rules(rules)
                    .build();
        }

        private OptionalDouble breadth(List<Rule> rules) {
            return options.image()
                    .filter(image -> image.size() > 0)
                    .map(image -> OptionalDouble.of(image.shareOpenedBy(rules)))
                    .orElse(OptionalDouble.empty());
        }
    }

    /** Makes a {@link PolicyLearner}. For one thread. */
    public static final class Builder {
        private String name = "Learned policy";
        private Optional<Action> logAction = Optional.empty();
        private int minimumRuns = 1;
        private OptionalInt groupAddresses = OptionalInt.empty();
        private Optional<ImageFiles> image = Optional.empty();
        private final List<String> neverLearn = new ArrayList<>();

        private Builder() {}

        /** The name of the policy; {@code Learned policy} if not called. */
        public Builder name(String text) {
            name = text;
            return this;
        }

        /** Uses only the observations with this action; all of them if not called. */
        public Builder logAction(Action action) {
            logAction = Optional.of(action);
            return this;
        }

        /** Learns only what was seen in this many runs at least; 1 if not called. */
        public Builder minimumRuns(int number) {
            minimumRuns = number;
            return this;
        }

        /**
         * Makes one rule of a block of addresses, 256 of IPv4 or the 2<sup>64</sup> of an IPv6 network, where this many
         * were connected to on one port; each address has its rule if not called.
         */
        public Builder groupAddresses(int number) {
            groupAddresses = OptionalInt.of(number);
            return this;
        }

        /**
         * The files of the image. They bound what a pattern may open, and tell how much the policy opens; what is
         * executed and is not among them is not learned.
         *
         * @param paths their paths from the root, links resolved; a slash at the beginning may be missing
         */
        public Builder imageFiles(Collection<String> paths) {
            image = Optional.of(new ImageFiles(paths));
            return this;
        }

        /**
         * Files of which nothing is ever learned, besides those that always are.
         *
         * @param pattern a {@link io.crs.policy.Glob}
         */
        public Builder neverLearn(String pattern) {
            neverLearn.add(pattern);
            return this;
        }

        /**
         * The learner.
         *
         * @throws IllegalArgumentException if a pattern is none
         */
        public PolicyLearner build() {
            return new PolicyLearner(new LearningOptions(
                    name, logAction, minimumRuns, groupAddresses, image, new NeverLearn(neverLearn)));
        }
    }
}
