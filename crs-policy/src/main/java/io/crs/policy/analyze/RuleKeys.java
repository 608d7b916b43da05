package io.crs.policy.analyze;

import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Glob;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of one kind, each under one thing that it wants of a call: a file, an address, a program or a port. A call
 * without that is not matched.
 */
final class RuleKeys {
    /** A pattern of more ports is no key. */
    private static final int MOST_PORTS = 16;

    private static final Set<ArgumentRole> FILES =
            EnumSet.of(ArgumentRole.FILENAME, ArgumentRole.OLD, ArgumentRole.NEW);

    private final GlobIndex files = new GlobIndex();
    private final GlobIndex programs = new GlobIndex();
    private final AddressIndex addresses = new AddressIndex();
    private final Map<Integer, List<Integer>> ports = new HashMap<>();
    private final BitSet always = new BitSet();

    private final Set<Object> named = new HashSet<>();

    void add(Rule rule, int number) {
        // That a rule is there can bring its calls under a default, even where it does not match.
        if (named.add(rule instanceof Rule.SyscallRule call ? call.syscall() : rule.type())) {
            always.set(number);
        }
        Optional<Glob> file = file(rule);
        Optional<AddressPattern> address = address(rule);
        if (file.isPresent()) {
            files.add(file.get(), number);
        } else if (address.isPresent()) {
            addresses.add(address.get(), number);
        } else if (!rule.program().isAny()) {
            programs.add(rule.program(), number);
        } else if (rule instanceof Rule.NetworkRule network && isNarrow(network.port())) {
            for (PortPattern.Range range : network.port().ranges()) {
                for (int port = range.low(); port <= range.high(); port++) {
                    ports.computeIfAbsent(port, each -> new ArrayList<>()).add(number);
                }
            }
        } else {
            always.set(number);
        }
    }

    private static boolean isNarrow(PortPattern pattern) {
        int count = pattern.ranges().stream()
                .mapToInt(range -> range.high() - range.low() + 1)
                .sum();
        return !pattern.isAny() && count <= MOST_PORTS;
    }

    private static Optional<Glob> file(Rule rule) {
        Stream<Glob> globs = rule instanceof Rule.FileRule file
                ? Stream.of(file.file())
                : arguments(rule, FILES).map(Glob::of);
        return globs.filter(glob -> !glob.isAny()).findFirst();
    }

    private static Optional<AddressPattern> address(Rule rule) {
        Stream<AddressPattern> patterns = rule instanceof Rule.NetworkRule network
                ? Stream.of(network.address())
                : arguments(rule, EnumSet.of(ArgumentRole.ADDRESS)).map(AddressPattern::of);
        return patterns.filter(pattern -> !pattern.isAny()).findFirst();
    }

    /** The arguments of a rule about a call that stand for some of these in all its forms. */
    private static Stream<String> arguments(Rule rule, Set<ArgumentRole> roles) {
        List<String> texts = new ArrayList<>();
        if (rule instanceof Rule.SyscallRule named) {
            List<Syscall> forms = SyscallTable.standard().siblings(named.syscall());
            for (int i = 0; i < Syscall.ARGUMENTS; i++) {
                int place = i;
                if (roles.contains(named.syscall().roles().get(place))
                        && forms.stream()
                                .allMatch(form -> roles.contains(form.roles().get(place)))) {
                    texts.add(named.arguments().get(place));
                }
            }
        }
        return texts.stream();
    }

    /** Adds the numbers of all rules that match a call, and perhaps of others. */
    void find(Call call, BitSet found) {
        found.or(always);
        Stream.of(call.path(), call.newPath(), call.written())
                .flatMap(path -> path.names().stream())
                .distinct()
                .forEach(name -> files.find(name, found));
        addresses.find(call.address(), found);
        Stream.concat(call.programs().stream(), call.ancestors().stream()).forEach(name -> programs.find(name, found));
        for (OptionalInt port : List.of(call.port(), call.localPort())) {
            port.ifPresent(number -> ports.getOrDefault(number, List.of()).forEach(found::set));
        }
    }
}
