package io.crs.policy.analyze;

import io.crs.event.Event;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.EventCalls;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a policy about calls that were made: which of them it would deny that went through, and the other way round.
 *
 * <p>What was done is taken from the events, or from another policy that is asked about the same calls. Actions are
 * compared, not whether the mode enforces them. Memory is bounded, however many calls there are. For one thread.
 */
public final class Replay {
    private static final int MOST_EXAMPLES = 200;
    private static final int REMEMBERED = 4096;
    /** So many events are asked about before they are counted: few enough to lie in the cache of a processor yet. */
    private static final int TOGETHER = 1024;

    private final Arch arch;
    private final List<Rule> rules;
    private final DecisionTable table;
    private final Optional<DecisionTable> against;
    /** The hits whose STANDARD event was the last. */
    private final Map<ReplayLane.Hit, Boolean> told = new Recent();

    private final Set<Change> changes = new HashSet<>();
    private final List<ReplayReport.Example> examples = new ArrayList<>();
    private final List<ReplayLane> lanes;
    private final long[] hits;
    private long events;
    private long skipped;
    private long newlyDenied;
    private long newlyAllowed;

    /** A kind of change: which rule decides, from what to what. */
    private record Change(int rule, Action before, Action after) {}

    /** Forgets what was put in longest ago. */
    private static final class Recent extends LinkedHashMap<ReplayLane.Hit, Boolean> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ReplayLane.Hit, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    private Replay(Policy policy, Optional<Policy> other, Arch arch) {
        this.arch = arch;
        this.rules = policy.rules();
        this.table = DecisionTable.compile(policy, arch);
        this.against = other.map(each -> DecisionTable.compile(each, arch));
        this.lanes = ReplayLane.all(table, against, arch);
        this.hits = new long[rules.size()];
    }

    /** Starts a replay that compares a policy with what was done at the time. */
    public static Replay of(Policy policy, Arch arch) {
        return new Replay(policy, Optional.empty(), arch);
    }

    /** Starts a replay that compares a policy with what another says. */
    public static Replay of(Policy policy, Policy against, Arch arch) {
        return new Replay(policy, Optional.of(against), arch);
    }

    /**
     * Takes an event. One that tells of no call on this architecture, or of a call that the agent closed whatever the
     * policy says, is counted as skipped. The second of the two events of one hit is left out.
     */
    public void add(Event event) {
        add(lanes.get(0).of(event));
    }

    /** Takes events, as {@link #add(Event)} does one after the other; all processors ask the policy about them. */
    public void addAll(List<Event> events) {
        for (int from = 0; from < events.size(); from += TOGETHER) {
            int to = Math.min(events.size(), from + TOGETHER);
            for (ReplayLane.Answer answer : ReplayLane.ask(lanes, events.subList(from, to))) {
                add(answer);
            }
        }
    }

    private void add(ReplayLane.@Nullable Answer answer) {
        if (answer == null) {
            skipped++;
        } else if (!isSecond(answer)) {
            if (answer.decision() == null) {
                skipped++;
            } else if (isNew(answer.decision(), answer.before())) {
                Call call = EventCalls.call(answer.syscall(), arch, answer.made());
                examples.add(new ReplayReport.Example(call, answer.before(), answer.decision()));
            }
        }
    }

    /** Whether this is the BEHAVIOR event of a hit whose STANDARD event was taken; that comes first. */
    private boolean isSecond(ReplayLane.Answer answer) {
        if (answer.type() == Event.Type.BEHAVIOR) {
            return !told.isEmpty() && told.remove(answer.hit()) != null;
        }
        told.put(answer.hit(), true);
        return false;
    }

    /**
     * Takes a call that went through.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public void add(Call call) {
        add(call, Action.ALLOW);
    }

    /**
     * Takes a call.
     *
     * @param done what was done with it; passed over where the policy is compared with another
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public void add(Call call, Action done) {
        Decision decision = table.decide(call);
        Action before = against.isPresent() ? against.get().decide(call).action() : done;
        if (isNew(decision, before)) {
            examples.add(new ReplayReport.Example(call, before, decision));
        }
    }

    /** Counts a call; whether it is the first of its kind of change, and an example of it is wanted. */
    private boolean isNew(Decision decision, Action before) {
        events++;
        if (decision.ruleIndex() >= 0) {
            hits[decision.ruleIndex()]++;
        }
        boolean denied = decision.action() == Action.DENY;
        if (denied == (before == Action.DENY)) {
            return false;
        }
        if (denied) {
            newlyDenied++;
        } else {
            newlyAllowed++;
        }
        return examples.size() < MOST_EXAMPLES
                && changes.add(new Change(decision.ruleIndex(), before, decision.action()));
    }

    /** What has been counted so far. */
    public ReplayReport report() {
        List<ReplayReport.RuleHits> perRule = new ArrayList<>();
        for (int i = 0; i < hits.length; i++) {
            perRule.add(new ReplayReport.RuleHits(i, rules.get(i).name(), hits[i]));
        }
        return new ReplayReport(arch, events, skipped, newlyDenied, newlyAllowed, perRule, examples);
    }
}
