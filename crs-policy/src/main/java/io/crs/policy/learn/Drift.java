package io.crs.policy.learn;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What containers do that a policy does not know: calls that no rule decides and a default denies. Names that differ only
 * in what changes from run to run are one new behaviour. The memory it takes is bounded. For one thread.
 */
public final class Drift implements Recording.Listener {
    private static final int MAX_BEHAVIOURS = 10_000;

    private final DecisionTable table;
    private final Arch arch;
    private final Map<String, Tally> found = new LinkedHashMap<>();
    private long observations;
    private long covered;
    private long denied;
    private long unusable;
    private long others;

    /**
     * Something the policy does not know.
     *
     * @param what what was done, for a person
     * @param count how often it was seen
     * @param first its first observation
     * @param last when it was seen last
     * @param example the first call, as JSON
     */
    public record NewBehaviour(String what, long count, Observation first, Instant last, String example) {}

    private static final class Tally {
        private final Observation first;
        private final String what;
        private long count;
        private Instant last = Instant.MIN;

        private Tally(Observation first, String what) {
            this.first = first;
            this.what = what;
        }
    }

    private Drift(DecisionTable table, Arch arch) {
        this.table = table;
        this.arch = arch;
    }

    /**
     * Starts with nothing seen.
     *
     * @param policy the policy; its mode does not count, unless it is INACTIVE, to which nothing is new
     * @param arch the architecture of the calls; a call it lacks is counted as unusable
     */
    public static Drift from(Policy policy, Arch arch) {
        return new Drift(DecisionTable.compile(policy, arch), arch);
    }

    /**
     * Takes in all of a recording.
     *
     * @throws IOException if it cannot be read
     */
    public Drift add(Recording recording) throws IOException {
        recording.tell(this);
        return this;
    }

    @Override
    public void seen(Observation observation) {
        Call call = observation.call();
        if (call.syscall().number(arch).isEmpty() && !call.syscall().library()) {
            unusable += observation.count();
            return;
        }
        observations += observation.count();
        Decision decision = table.decide(call);
        if (decision.action() != Action.DENY) {
            covered += observation.count();
        } else if (!decision.isDefault()) {
            denied += observation.count();
        } else {
            note(observation);
        }
    }

    private void note(Observation observation) {
        List<Behaviour> behaviours = Behaviour.of(observation.call());
        String key = behaviours.stream()
                .map(behaviour -> behaviour.kind() + " " + behaviour.program() + " " + form(behaviour))
                .collect(Collectors.joining("\n"));
        Tally tally = found.get(key);
        if (tally == null && found.size() >= MAX_BEHAVIOURS) {
            others += observation.count();
            return;
        }
        if (tally == null) {
            tally = new Tally(
                    observation, behaviours.stream().map(Behaviour::describe).collect(Collectors.joining(", ")));
            found.put(key, tally);
        }
        tally.count += observation.count();
        tally.last = tally.last.isAfter(observation.time()) ? tally.last : observation.time();
    }

    private static String form(Behaviour behaviour) {
        return behaviour.kind().hasPath() ? Shape.numbers(Shape.form(behaviour.object())) : behaviour.object();
    }

    @Override
    public void unusable(String why) {
        unusable++;
    }

    /** How many calls were decided. */
    public long observations() {
        return observations;
    }

    /** How many of them the policy allows. */
    public long covered() {
        return covered;
    }

    /** How many of them a rule of the policy denies: no drift, but nothing it allows. */
    public long denied() {
        return denied;
    }

    /** How much could not be used: lines that are no events, calls the architecture lacks. */
    public long unusable() {
        return unusable;
    }

    /** How many calls the policy does not know that are beyond the first 10,000 new behaviours. */
    public long others() {
        return others;
    }

    /** What the policy does not know, in the order it was first seen. */
    public List<NewBehaviour> newBehaviours() {
        List<NewBehaviour> all = new ArrayList<>();
        found.values()
                .forEach(tally -> all.add(new NewBehaviour(
                        tally.what,
                        tally.count,
                        tally.first,
                        tally.last,
                        tally.first.call().toJson(arch))));
        return all;
    }

    /**
     * All of it in one line of JSON: {@code {"observations":0,"covered":0,"denied":0,"unusable":0,
     * "newBehaviours":[{"what","count","first","last","run","example":{call}}],"others":0}}.
     */
    public String toJson() {
        return LearnedJson.write(this);
    }
}
