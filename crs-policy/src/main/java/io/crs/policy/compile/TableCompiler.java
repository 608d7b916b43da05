package io.crs.policy.compile;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.DefaultScope;
import io.crs.policy.IgnoreScope;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.policy.Translation;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.Arch;
import io.crs.syscall.FlagCondition;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Turns a policy into the bytes of a decision table. The same policy and options always give the same bytes. */
final class TableCompiler {
    private final Policy policy;
    private final CompileOptions options;
    private final Translation translation;
    private final RuleRecords records;
    private final RunPool lists = new RunPool();
    private final SectionBytes calls = new SectionBytes();
    private final Map<RuleType, List<Integer>> typed = new EnumMap<>(RuleType.class);
    /** By the index of each call that exists on the architecture: the SYSCALL rules that name it or a sibling. */
    private final Map<Integer, List<Integer>> named = new HashMap<>();

    private TableCompiler(Policy policy, CompileOptions options) {
        this.policy = policy;
        this.options = options;
        this.translation = options.translation().orElse(policy.translation());
        this.records = new RuleRecords(options.arch());
    }

    static byte[] compile(Policy policy, CompileOptions options) {
        return compile(policy, options, true);
    }

    /** Without an index the same decisions take longer. */
    static byte[] compile(Policy policy, CompileOptions options, boolean indexed) {
        TableCompiler compiler = new TableCompiler(policy, options);
        compiler.addRules();
        int kernelCalls = compiler.addCalls();
        return compiler.assemble(kernelCalls, indexed);
    }

    private void addRules() {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (rule.inactive()) {
                continue;
            }
            if (rule instanceof Rule.SyscallRule syscall) {
                addSyscallRule(i, syscall);
            } else {
                typed.computeIfAbsent(rule.type(), type -> new ArrayList<>()).add(records.add(i, rule));
            }
        }
    }

    /** A rule for a call that the architecture lacks, and all siblings of it, decides nothing there. */
    private void addSyscallRule(int index, Rule.SyscallRule rule) {
        List<Syscall> covered = (translation == Translation.GUIDE
                        ? List.of(rule.syscall())
                        : SyscallTable.standard().siblings(rule.syscall()))
                .stream()
                        .filter(call -> CallNumbers.exists(call, options.arch()))
                        .toList();
        if (!covered.isEmpty()) {
            int place = records.add(index, rule);
            covered.forEach(call -> named.computeIfAbsent(call.index(), key -> new ArrayList<>())
                    .add(place));
        }
    }

    /** Adds a row for every number of the kernel and one for each library call; gives the number of the former. */
    private int addCalls() {
        Arch arch = options.arch();
        SyscallTable table = SyscallTable.standard();
        int kernelCalls = table.on(arch).stream()
                        .mapToInt(call -> call.number(arch).orElseThrow())
                        .max()
                        .orElseThrow()
                + 1;
        for (int number = 0; number < kernelCalls; number++) {
            int at = calls.grow(TableLayout.SYSC_SIZE);
            calls.put8(at + TableLayout.SYSC_OP, TableLayout.OP_ABSENT);
            table.find(arch, number).ifPresent(call -> fill(at, call));
        }
        table.all().stream()
                .filter(Syscall::library)
                .sorted(Comparator.comparingInt(call -> call.guideNumber().orElseThrow()))
                .forEach(call -> fill(calls.grow(TableLayout.SYSC_SIZE), call));
        return kernelCalls;
    }

    private void fill(int at, Syscall call) {
        OperationClass operation = Operations.of(call, options.arch(), translation);
        List<Integer> rules = named.getOrDefault(call.index(), List.of());
        FlagCondition fixed = call.flags().orElse(new FlagCondition(0, 0));
        calls.put8(at + TableLayout.SYSC_OP, Codes.OPERATIONS.of(operation));
        calls.put8(at + TableLayout.SYSC_BITS, bits(call));
        for (int part = 0; part < TableLayout.PARTS; part++) {
            calls.put8(
                    at + TableLayout.SYSC_DEFAULTS + part,
                    Codes.ACTIONS.of(defaultAction(operation, part, !rules.isEmpty())));
        }
        calls.put32(at + TableLayout.SYSC_FLAGS_MASK, fixed.mask());
        calls.put32(at + TableLayout.SYSC_FLAGS_VALUE, fixed.value());
        calls.put32(at + TableLayout.SYSC_NAMED, lists.put(rules));
        calls.put32(at + TableLayout.SYSC_NAME, records.strings().put(call.name()));
    }

    private int bits(Syscall call) {
        int bits = Operations.deniesAccess(call.operation()) ? TableLayout.SYSC_EACCES : 0;
        if (policy.ignoredSyscalls().contains(call)) {
            bits |= TableLayout.SYSC_NO_EVENTS;
            bits |= policy.ignoreScope() == IgnoreScope.EVERYTHING ? TableLayout.SYSC_SKIPPED : 0;
        }
        return bits;
    }

    private Action defaultAction(OperationClass operation, int part, boolean isNamed) {
        if (((Operations.partsWithDefault(operation) >> part) & 1) == 0) {
            return Action.ALLOW;
        }
        boolean ruled = isNamed || (part < TableLayout.PART_CALL && typed.containsKey(Codes.RULE_TYPES.at(part)));
        if (policy.defaultScope() == DefaultScope.RULED_CALLS && !ruled) {
            return Action.ALLOW;
        }
        return policy.defaultAction(
                switch (part) {
                    case TableLayout.PART_READ, TableLayout.PART_WRITE -> Category.FILE;
                    case TableLayout.PART_OUTBOUND, TableLayout.PART_INBOUND -> Category.NETWORK;
                    default -> Category.EXECUTE;
                });
    }

    private byte[] assemble(int kernelCalls, boolean indexed) {
        int id = records.strings().put(policy.id());
        int name = records.strings().put(policy.name());
        int[] typedLists = new int[TableLayout.PART_CALL];
        typed.forEach((type, rules) -> typedLists[Codes.RULE_TYPES.of(type)] = lists.put(rules));
        Consumer<byte[]> header = bytes -> {
            fillHeader(bytes);
            LittleEndian.put32(bytes, TableLayout.HEADER_ID, id);
            LittleEndian.put32(bytes, TableLayout.HEADER_NAME, name);
            LittleEndian.put32(bytes, TableLayout.HEADER_CALLS, kernelCalls);
            for (int i = 0; i < typedLists.length; i++) {
                LittleEndian.put32(bytes, TableLayout.HEADER_TYPED + Integer.BYTES * i, typedLists[i]);
            }
        };
        SectionBytes limits = LimitRecords.of(policy.limits(), options.arch(), records.strings());
        byte[] plain = withLimits(rulesAndCalls(), limits).finish(header);
        if (!indexed) {
            return plain;
        }
        TableAssembly assembly = rulesAndCalls();
        new IndexCompiler(TableView.of(plain)).addTo(assembly, calls);
        withLimits(assembly, limits);
        return assembly.size() <= TableLayout.MAX_SIZE ? assembly.finish(header) : plain;
    }

    /** Limits stand behind all other sections. */
    private static TableAssembly withLimits(TableAssembly assembly, SectionBytes limits) {
        return limits.size() == 0 ? assembly : assembly.add(Section.LIMT, limits);
    }

    private TableAssembly rulesAndCalls() {
        SectionBytes literals = records.literals();
        return new TableAssembly()
                .add(Section.SYSC, calls)
                .add(Section.RULE, records.rules())
                .add(Section.MTCH, records.matchers().matchers())
                .add(Section.PORT, records.matchers().ports())
                .add(Section.LITS, literals)
                .add(Section.LIST, lists.bytes(), lists.count())
                .add(Section.TAGS, records.tags().bytes(), records.tags().count())
                .add(Section.STRS, records.strings().bytes(), records.strings().count());
    }

    private void fillHeader(byte[] header) {
        header[TableLayout.HEADER_ARCH] = (byte) Codes.ARCHES.of(options.arch());
        header[TableLayout.HEADER_MODE] = (byte) Codes.MODES.of(policy.mode());
        header[TableLayout.HEADER_LOG] = (byte) options.logMode().bits();
        header[TableLayout.HEADER_TRANSLATION] = (byte) Codes.TRANSLATIONS.of(translation);
        header[TableLayout.HEADER_NETWORK] = (byte) Codes.ACTIONS.of(policy.defaultNetworkAction());
        header[TableLayout.HEADER_FILE] = (byte) Codes.ACTIONS.of(policy.defaultFileAction());
        header[TableLayout.HEADER_EXECUTE] = (byte) Codes.ACTIONS.of(policy.defaultExecuteAction());
        header[TableLayout.HEADER_DRIFT] = (byte) Codes.ACTIONS.of(policy.driftAction());
        header[TableLayout.HEADER_DEFAULT_SCOPE] = (byte) Codes.DEFAULT_SCOPES.of(policy.defaultScope());
        header[TableLayout.HEADER_IGNORE_SCOPE] = (byte) Codes.IGNORE_SCOPES.of(policy.ignoreScope());
        header[TableLayout.HEADER_UNREADABLE] = (byte) Codes.ACTIONS.of(policy.onUnreadable());
        header[TableLayout.HEADER_FAIL] = (byte) Codes.FAIL_MODES.of(policy.failMode());
        header[TableLayout.HEADER_DEGRADED] = (byte) Codes.ON_DEGRADED.of(policy.onDegraded());
        LittleEndian.put32(header, TableLayout.HEADER_RULES, policy.rules().size());
        LittleEndian.put32(header, TableLayout.HEADER_GENERATION, 1);
        String digest = policy.digest();
        byte[] sha256 = HexFormat.of().parseHex(digest.substring(digest.indexOf(':') + 1));
        System.arraycopy(sha256, 0, header, TableLayout.HEADER_DIGEST, TableLayout.DIGEST_SIZE);
    }
}
