package io.crs.policy.learn;

import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.Glob;
import io.crs.policy.learn.NotLearned.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was seen, in bounded memory: whatever comes, no more than a fixed number of names is kept. Names beyond it are
 * counted by what they have in common with others of their folder. For one thread.
 */
final class Memory {
    /** The most names that are kept; a container that does its work has a few thousand at most. */
    static final int MAX_NAMES = 20_000;

    /** The most names of one folder, and of one program's addresses. */
    static final int MAX_IN_FOLDER = 1024;

    private static final int MAX_CROWDS = 2048;
    private static final int MAX_FORBIDDEN = 4096;
    private static final int MAX_GROUPS = 4096;
    private static final Pattern AGENT = Pattern.compile("/\\.crs/init|(/[^/]+)*/crs-run-[^/]+/init");

    /** The agent, as the one who starts the first program of a container. */
    private static final String AGENT_PATTERN = "/*crs*/init";

    private static final Pattern PSEUDO = Pattern.compile("[a-z_]+:\\[[0-9]+\\]");

    private final LearningOptions options;
    private final Ledger ledger;
    private final Map<String, Integer> runs = new HashMap<>();
    private final TimeSlices slices = new TimeSlices();
    private final TreeMap<Group, Names> groups = new TreeMap<>();
    private final Map<Kind, Set<String>> forbidden = new EnumMap<>(Kind.class);
    private int names;
    private int crowds;

    /** A name, or a crowd of them, and what it could be learned by. */
    record Name(Behaviour behaviour, List<Candidate> candidates, Seen seen) {}

    /** The names of one group. */
    static final class Names {
        private final Map<String, Name> byObject = new LinkedHashMap<>();
        private final Map<String, Integer> inFolder = new HashMap<>();
        private final Map<String, Name> crowds = new LinkedHashMap<>();

        /** All of them, in the order they came in. */
        List<Name> all() {
            List<Name> all = new ArrayList<>(byObject.values());
            all.addAll(crowds.values());
            return all;
        }
    }

    Memory(LearningOptions options, Ledger ledger) {
        this.options = options;
        this.ledger = ledger;
    }

    Map<Group, Names> groups() {
        return groups;
    }

    /** The number of runs that are told apart. */
    int runs() {
        return Math.min(runs.size(), Seen.MAX_RUNS);
    }

    /** How many names and crowds there are. */
    int behaviours() {
        return names + crowds;
    }

    /** The parts to hold out one after the other: the runs, or if there is one alone, slices of its time. */
    List<Fold> folds() {
        int byRun = Math.min(runs(), TimeSlices.COUNT);
        int number = byRun > 1 ? byRun : TimeSlices.COUNT;
        List<Fold> folds = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            folds.add(new Fold(byRun > 1, i, slices.doublings()));
        }
        return folds;
    }

    void add(Observation observation) {
        int run = run(observation.run());
        int slice = slices.of(observation.time());
        Call call = observation.call();
        if (call.address() instanceof Endpoint.Other socket
                && options.neverLearn().holds(Kind.WRITE, socket.text())) {
            ledger.add(Reason.NEVER_LEARN, "connect to " + socket.text(), observation);
        }
        for (Behaviour behaviour : Behaviour.of(call)) {
            Name name = name(behaviour, observation);
            if (name != null) {
                name.seen.add(observation, run, slice, slices.doublings());
            }
        }
    }

    private int run(String name) {
        Integer known = runs.get(name);
        if (known != null) {
            return known;
        }
        // A run beyond the limit shares the number of another: what is only counted needs no name.
        int number = runs.size();
        if (number < Seen.MAX_RUNS) {
            runs.put(name, number);
        }
        return number % Seen.MAX_RUNS;
    }

    private @Nullable Name name(Behaviour behaviour, Observation observation) {
        boolean byAgent = behaviour.program().endsWith("/init")
                && AGENT.matcher(behaviour.program()).matches();
        Group group = new Group(behaviour.kind(), byAgent ? AGENT_PATTERN : Shape.literal(behaviour.program()));
        Names known = groups.get(group);
        Name name = known == null ? null : known.byObject.get(behaviour.object());
        boolean renamed = !behaviour.alias().isEmpty() && !behaviour.alias().equals(behaviour.object());
        if (name != null && !(renamed && options.neverLearn().holds(behaviour.kind(), behaviour.alias()))) {
            return name;
        }
        Reason reason = reasonAgainst(behaviour, known == null && !byAgent);
        if (reason != null) {
            if (reason == Reason.NEVER_LEARN) {
                forbid(behaviour);
            }
            ledger.add(reason, behaviour.describe(), observation);
            return null;
        }
        return add(group, behaviour, observation);
    }

    private void forbid(Behaviour behaviour) {
        Set<String> known = forbidden.computeIfAbsent(behaviour.kind(), kind -> new HashSet<>());
        for (String name : List.of(behaviour.object(), behaviour.alias())) {
            if (known.size() <= MAX_FORBIDDEN
                    && name.length() <= Glob.MAX_BYTES
                    && options.neverLearn().holds(behaviour.kind(), name)) {
                known.add(name);
            }
        }
    }

    /** Whether a pattern matches a recorded name that is not to be learned, or may match one that there was no room for. */
    boolean forbids(Kind kind, Glob pattern) {
        Set<String> known = forbidden.getOrDefault(kind, Set.of());
        return known.size() > MAX_FORBIDDEN || known.stream().anyMatch(pattern::matches);
    }

    private @Nullable Reason reasonAgainst(Behaviour behaviour, boolean newProgram) {
        Kind kind = behaviour.kind();
        String object = behaviour.object();
        NeverLearn never = options.neverLearn();
        if (object.isEmpty()
                || (kind.hasPath()
                        && !object.startsWith("/")
                        && !PSEUDO.matcher(object).matches())) {
            return Reason.UNKNOWN;
        }
        if (!isPattern(object) || !isProgram(behaviour.program())) {
            return Reason.UNUSABLE;
        }
        if (newProgram && never.holds(Kind.EXECUTE, behaviour.program())) {
            return Reason.NEVER_LEARN;
        }
        if (kind.hasPath()) {
            if (never.holds(kind, object)
                    || (!behaviour.alias().equals(object) && never.holds(kind, behaviour.alias()))
                    || (object.indexOf('\uFFFD') >= 0 && never.meets(kind, Glob.of(Shape.literal(object))))) {
                return Reason.NEVER_LEARN;
            }
            boolean drift = kind == Kind.EXECUTE && options.isOutsideImage(object);
            return drift ? Reason.NOT_IN_IMAGE : null;
        }
        return kind == Kind.OUTBOUND && never.meets(AddressPattern.of(Networks.address(object)))
                ? Reason.NEVER_LEARN
                : null;
    }

    private static boolean isProgram(String program) {
        return program.isEmpty() || (program.startsWith("/") && isPattern(program));
    }

    private static boolean isPattern(String text) {
        try {
            Glob.of(Shape.literal(text));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private @Nullable Name add(Group group, Behaviour behaviour, Observation observation) {
        if (!groups.containsKey(group) && groups.size() >= MAX_GROUPS) {
            ledger.add(Reason.TOO_MANY, behaviour.kind() + " of programs beyond the first " + MAX_GROUPS, observation);
            return null;
        }
        Names known = groups.computeIfAbsent(group, g -> new Names());
        String folder = behaviour.kind().hasPath() ? Paths.folder(behaviour.object()) : "";
        int there = known.inFolder.getOrDefault(folder, 0);
        if (names < MAX_NAMES && there < MAX_IN_FOLDER) {
            names++;
            known.inFolder.put(folder, there + 1);
            Name name = new Name(behaviour, candidates(behaviour, observation.pid()), new Seen());
            known.byObject.put(behaviour.object(), name);
            return name;
        }
        Name crowd = behaviour.kind().isFile() ? crowd(known, behaviour, there) : null;
        if (crowd == null) {
            ledger.add(Reason.TOO_MANY, behaviour.describe(), observation);
        }
        return crowd;
    }

    /** The crowd of a name there is no room for: of its form in a full folder, else of all below a program's own folder. */
    private @Nullable Name crowd(Names known, Behaviour behaviour, int there) {
        String path = behaviour.object();
        boolean full = there >= MAX_IN_FOLDER;
        String key = full ? Ladder.crowd(path) : Ladder.ownFolder(path);
        Name name = known.crowds.get(key);
        if (name == null && !key.isEmpty() && crowds < MAX_CROWDS) {
            crowds++;
            name = new Name(behaviour, full ? Ladder.ofCrowd(path) : Ladder.ofFolder(key, path), new Seen());
            known.crowds.put(key, name);
        }
        return name;
    }

    private List<Candidate> candidates(Behaviour behaviour, OptionalInt pid) {
        String object = behaviour.object();
        return switch (behaviour.kind()) {
            case READ, WRITE -> Ladder.of(object, pid);
            case EXECUTE -> List.of(new Candidate(Shape.literal(object), object, Candidate.Rung.NAME));
            case OUTBOUND -> Networks.candidates(object, options.groupAddresses());
            case INBOUND -> List.of(new Candidate(object, object, Candidate.Rung.NAME));
        };
    }
}
