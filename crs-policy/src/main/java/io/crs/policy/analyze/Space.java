package io.crs.policy.analyze;

import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.Glob;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The calls of one shape, as far as some conditions can tell them apart: for each operand the values that differ to
 * them. A set of calls is a {@link Box}, or several.
 */
final class Space {
    private static final int MOST_UNIONS = 256;

    private final CallShape shape;
    private final Budget budget;
    private final Map<Operand, List<Value>> values = new EnumMap<>(Operand.class);
    private final Map<Condition, BitSet> accepted = new HashMap<>();
    private boolean complete = true;

    /**
     * The space of a shape.
     *
     * @param conditions all conditions that will be asked for
     * @param choices which values to look at; all, for an operand that is not there
     */
    Space(CallShape shape, Collection<Condition> conditions, Map<Operand, Choice> choices, Budget budget) {
        this.shape = shape;
        this.budget = budget;
        Map<Operand, Set<Condition>> byOperand = new EnumMap<>(Operand.class);
        conditions.forEach(condition -> byOperand
                .computeIfAbsent(condition.operand(), operand -> new LinkedHashSet<>())
                .add(condition));
        for (Operand operand : Operand.values()) {
            Set<Condition> wanted = byOperand.getOrDefault(operand, Set.of());
            values.put(operand, values(operand, wanted, choices.getOrDefault(operand, new Choice.All())));
        }
    }

    /** Whether every call of the shape is like one in this space, as far as the choices go. */
    boolean isComplete() {
        return complete;
    }

    private List<Value> values(Operand operand, Set<Condition> wanted, Choice choice) {
        return switch (operand) {
            case ADDRESS -> addresses(wanted);
            case PORT, LOCAL_PORT -> numbers(NumberClasses.ofPorts(wanted));
            case ARG1, ARG2, ARG3 -> numbers(NumberClasses.of(wanted));
            case ANCESTORS -> ancestors(wanted, choice);
            default -> names(operand, wanted, choice);
        };
    }

    private List<Value> addresses(Set<Condition> wanted) {
        if (shape.hasInternetAddress()) {
            Set<AddressPattern> patterns = new HashSet<>();
            wanted.forEach(condition -> patterns.add(((Condition.Addressed) condition).pattern()));
            AddressClasses classes = AddressClasses.of(patterns, budget);
            complete &= classes.complete();
            return classes.endpoints().stream().<Value>map(Value.Address::new).toList();
        }
        if (shape.address() instanceof Endpoint.Other && !wanted.isEmpty()) {
            Set<Glob> globs = new HashSet<>();
            wanted.forEach(condition -> {
                if (((Condition.Addressed) condition).pattern() instanceof AddressPattern.TextGlob text) {
                    globs.add(text.glob());
                }
            });
            return found(Language.TEXT, globs, Optional.empty(), false).stream()
                    .<Value>map(text -> new Value.Address(new Endpoint.Other(text)))
                    .toList();
        }
        return List.of(new Value.Address(shape.address()));
    }

    private static List<Value> numbers(Collection<Long> numbers) {
        List<Value> all = new ArrayList<>();
        numbers.forEach(number -> all.add(new Value.Quantity(number)));
        all.add(new Value.Unknown());
        return all;
    }

    private static Set<Glob> globs(Set<Condition> wanted) {
        Set<Glob> globs = new HashSet<>();
        for (Condition condition : wanted) {
            if (condition instanceof Condition.Named named) {
                globs.add(named.glob());
            } else if (condition instanceof Condition.Inside inside) {
                globs.add(inside.glob());
            } else if (condition instanceof Condition.Above above) {
                globs.add(above.glob());
            } else if (condition instanceof Condition.Over over) {
                globs.add(over.glob());
            }
        }
        return globs;
    }

    private List<Value> names(Operand operand, Set<Condition> wanted, Choice choice) {
        Set<Glob> globs = globs(wanted);
        List<Value> all = new ArrayList<>();
        // Whoever asks for a file reaches one: a requested name is there only beside a resolved one.
        boolean isReached = choice instanceof Choice.All && wanted.isEmpty() && operand.isResolved();
        if (isReached || choice instanceof Choice.Unwanted || choice instanceof Choice.UnwantedName) {
            NameClasses.unlike(operand.language(), globs)
                    .<Value>map(Value.Name::new)
                    .ifPresent(all::add);
        } else if (choice instanceof Choice.Within within) {
            names(found(operand.language(), globs, Optional.of(within.glob()), false), all);
        }
        if ((choice instanceof Choice.All && !wanted.isEmpty())
                || (choice instanceof Choice.UnwantedName && all.isEmpty())) {
            boolean below = wanted.stream().anyMatch(condition -> !(condition instanceof Condition.Named));
            names(found(operand.language(), globs, Optional.empty(), below), all);
        }
        if (!(choice instanceof Choice.Within || choice instanceof Choice.UnwantedName)) {
            all.add(new Value.Unknown());
        }
        return all;
    }

    private static void names(List<String> names, List<Value> all) {
        names.forEach(name -> all.add(new Value.Name(name)));
    }

    private List<String> found(Language language, Set<Glob> globs, Optional<Glob> within, boolean below) {
        NameClasses.Found found = NameClasses.of(language, globs, within, below, budget);
        complete &= found.complete();
        return found.names();
    }

    /** What a process can have above it: any number of programs, so every union of what single ones match. */
    private List<Value> ancestors(Set<Condition> wanted, Choice choice) {
        if (choice instanceof Choice.Within within) {
            return found(Language.TEXT, globs(wanted), Optional.of(within.glob()), false).stream()
                    .<Value>map(name -> new Value.Names(List.of(name)))
                    .toList();
        }
        if (!(choice instanceof Choice.All) || wanted.isEmpty()) {
            return List.of(new Value.Names(List.of()));
        }
        List<Glob> globs = List.copyOf(globs(wanted));
        Map<BitSet, List<String>> unions = new HashMap<>();
        unions.put(new BitSet(), List.of());
        for (String name : found(Language.TEXT, Set.copyOf(globs), Optional.empty(), false)) {
            BitSet matched = new BitSet();
            for (int i = 0; i < globs.size(); i++) {
                matched.set(i, globs.get(i).matches(name));
            }
            for (Map.Entry<BitSet, List<String>> union : List.copyOf(unions.entrySet())) {
                BitSet more = (BitSet) union.getKey().clone();
                more.or(matched);
                List<String> names = new ArrayList<>(union.getValue());
                names.add(name);
                unions.putIfAbsent(more, names);
            }
            if (unions.size() > MOST_UNIONS) {
                complete = false;
                break;
            }
        }
        return unions.values().stream().<Value>map(Value.Names::new).toList();
    }

    /** The values of a condition's operand that it accepts, by their places. */
    private BitSet accepted(Condition condition) {
        return accepted.computeIfAbsent(condition, wanted -> {
            List<Value> all = valuesOf(wanted.operand());
            BitSet places = new BitSet(all.size());
            for (int i = 0; i < all.size(); i++) {
                places.set(i, wanted.accepts(all.get(i)));
            }
            return places;
        });
    }

    private List<Value> valuesOf(Operand operand) {
        return values.getOrDefault(operand, List.of());
    }

    /** The calls of the space, in boxes: a file whose resolved name is not known has no other name. */
    List<Box> everything() {
        List<Box> boxes = new ArrayList<>();
        for (Box first : splitFile(whole(), false)) {
            boxes.addAll(splitFile(first, true));
        }
        return boxes;
    }

    private Box whole() {
        BitSet[] sets = new BitSet[Operand.COUNT];
        for (Operand operand : Operand.values()) {
            sets[operand.place()] = new BitSet();
            sets[operand.place()].set(0, valuesOf(operand).size());
        }
        return new Box(sets);
    }

    private List<Box> splitFile(Box box, boolean second) {
        Operand resolved = Operand.resolved(second);
        Operand requested = Operand.requested(second);
        Box known = box.within(resolved, where(resolved, true));
        Box unknown = box.within(resolved, where(resolved, false)).within(requested, where(requested, false));
        return List.of(known, unknown).stream().filter(part -> !part.isEmpty()).toList();
    }

    private BitSet where(Operand operand, boolean known) {
        BitSet places = new BitSet();
        for (int i = 0; i < valuesOf(operand).size(); i++) {
            places.set(i, valuesOf(operand).get(i).name().isPresent() == known);
        }
        return places;
    }

    /** The part of the space where all conditions of one of some lists hold. */
    Region region(List<List<Condition>> lists) {
        List<BitSet[]> boxes = new ArrayList<>();
        for (List<Condition> conditions : lists) {
            BitSet[] wanted = new BitSet[Operand.COUNT];
            for (Condition condition : conditions) {
                int place = condition.operand().place();
                BitSet places = (BitSet) accepted(condition).clone();
                if (wanted[place] != null) {
                    places.and(wanted[place]);
                }
                wanted[place] = places;
            }
            if (Arrays.stream(wanted).noneMatch(places -> places != null && places.isEmpty())) {
                boxes.add(wanted);
            }
        }
        return new Region(boxes);
    }

    /** One of the calls in a box that is not empty. */
    Call example(Box box) {
        Call.Builder call = shape.start();
        first(box, Operand.PROGRAM).name().ifPresent(call::program);
        first(box, Operand.EXEC).name().ifPresent(call::exec);
        if (first(box, Operand.ANCESTORS) instanceof Value.Names names) {
            call.ancestors(names.texts().toArray(String[]::new));
        }
        call.path(path(box, false)).newPath(path(box, true));
        if (first(box, Operand.ADDRESS) instanceof Value.Address address) {
            call.address(address.endpoint());
        }
        first(box, Operand.PORT).known().ifPresent(port -> call.port((int) port));
        first(box, Operand.LOCAL_PORT).known().ifPresent(port -> call.localPort((int) port));
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            int number = i + 1;
            first(box, Operand.argument(i)).known().ifPresent(value -> call.arg(number, value));
        }
        first(box, Operand.NAME).name().map(Space::hostName).ifPresent(call::name);
        return call.build();
    }

    private FilePath path(Box box, boolean second) {
        Optional<String> requested = first(box, Operand.requested(second)).name();
        Optional<String> resolved = first(box, Operand.resolved(second)).name();
        return new FilePath(requested.or(() -> resolved), resolved);
    }

    /** A name that is compared as this text: a dot at the end does not count, neither in the call nor in comparing. */
    private static String hostName(String text) {
        return text.length() > 1 && text.endsWith(".") ? text + ".." : text;
    }

    private Value first(Box box, Operand operand) {
        return valuesOf(operand).get(box.first(operand));
    }
}
