package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Translation;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.Arch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy compiled to bytes for one architecture: what an agent carries and decides by.
 *
 * <p>The layout is described in {@code docs/table-format.md}; the agent reads the same bytes in C and comes to the same
 * decisions. Immutable, safe for all threads.
 */
public final class DecisionTable {
    /** The largest table, in bytes. */
    public static final int MAX_SIZE = TableLayout.MAX_SIZE;

    private final TableView view;
    private final Arch arch;
    private final PolicyMode mode;
    /** The names of rules by their place, made when a rule first decides. */
    private final @Nullable Optional<String>[] ruleNames;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private DecisionTable(TableView view) {
        this.view = view;
        this.arch = Codes.ARCHES.at(u8(view.bytes, TableLayout.HEADER_ARCH));
        this.mode = Codes.MODES.at(u8(view.bytes, TableLayout.HEADER_MODE));
        this.ruleNames = new Optional[view.count(Section.RULE)];
    }

    /** Compiles a policy with {@link CompileOptions#of}. */
    public static DecisionTable compile(Policy policy, Arch arch) {
        return compile(policy, CompileOptions.of(arch));
    }

    /**
     * Compiles a policy. The same policy and options always give the same bytes.
     *
     * @throws IllegalArgumentException if the table would be larger than {@link #MAX_SIZE}
     */
    public static DecisionTable compile(Policy policy, CompileOptions options) {
        try {
            return new DecisionTable(TableCheck.check(TableCompiler.compile(policy, options)));
        } catch (InvalidTableException e) {
            throw new AssertionError("the compiler wrote a table that is not sound", e);
        }
    }

    /**
     * The table in these bytes, of which a copy is kept.
     *
     * @throws InvalidTableException if they are no sound table: the message says what is wrong, and where
     */
    public static DecisionTable read(byte[] bytes) throws InvalidTableException {
        if (bytes.length > MAX_SIZE) {
            throw new InvalidTableException("size " + bytes.length + ": a decision table has at most 64 MiB");
        }
        return new DecisionTable(TableCheck.check(bytes.clone()));
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return view.bytes.clone();
    }

    /** The architecture whose calls this table decides. */
    public Arch arch() {
        return arch;
    }

    /** How far the policy goes. */
    public PolicyMode mode() {
        return mode;
    }

    /** From which calls the policy's READ, WRITE and NETWORK rules were made. */
    public Translation translation() {
        return Codes.TRANSLATIONS.at(u8(view.bytes, TableLayout.HEADER_TRANSLATION));
    }

    /** The bits of the log mode, as {@link LogMode#bits}. */
    public int logBits() {
        return u8(view.bytes, TableLayout.HEADER_LOG);
    }

    /** The name of the policy. */
    public String policyName() {
        return view.text(view.header32(TableLayout.HEADER_NAME));
    }

    /** This table with another log mode, which changes events and nothing else. */
    public DecisionTable withLogMode(LogMode logMode) {
        byte[] bytes = bytes();
        bytes[TableLayout.HEADER_LOG] = (byte) logMode.bits();
        TableAssembly.seal(bytes);
        try {
            return new DecisionTable(TableCheck.check(bytes));
        } catch (InvalidTableException e) {
            throw new AssertionError("a log mode made the table unsound", e);
        }
    }

    /**
     * The decision on a call.
     *
     * @throws IllegalArgumentException if the architecture lacks the call; the message names what it has instead
     */
    public Decision decide(Call call) {
        int row = CallNumbers.row(call.syscall(), arch, view.kernelCalls());
        if (row < 0 || u8(view.bytes, view.row(row) + TableLayout.SYSC_OP) == TableLayout.OP_ABSENT) {
            // The table may come from another release, whose table of system calls has other calls.
            return finish(0, Action.ALLOW, -1);
        }
        int at = view.row(row);
        int bits = u8(view.bytes, at + TableLayout.SYSC_BITS);
        if ((bits & TableLayout.SYSC_SKIPPED) != 0 || mode == PolicyMode.INACTIVE) {
            return finish(bits, Action.ALLOW, -1);
        }
        TableEvaluator result = TableEvaluator.evaluate(view, at, call);
        return finish(bits, Codes.ACTIONS.at(result.action()), result.rule());
    }

    private Decision finish(int bits, Action action, int place) {
        boolean isDefault = place < 0;
        boolean hit = !isDefault || action != Action.ALLOW;
        boolean silent = (bits & (TableLayout.SYSC_NO_EVENTS | TableLayout.SYSC_SKIPPED)) != 0;
        boolean enforced = mode == PolicyMode.ACTIVE;
        int logBit = action == Action.ALLOW ? 4 : action == Action.DENY ? 2 : 1;
        return new Decision(
                action,
                enforced,
                enforced && action == Action.DENY,
                isDefault ? Optional.empty() : ruleName(place),
                isDefault ? -1 : i32(view.bytes, view.rule(place) + TableLayout.RULE_INDEX),
                isDefault,
                !silent && hit && (logBits() & logBit) != 0,
                !silent && (logBits() & LogMode.BEHAVIOR.bits()) != 0);
    }

    private Optional<String> ruleName(int place) {
        Optional<String> name = ruleNames[place];
        if (name == null) {
            name = Optional.of(view.text(i32(view.bytes, view.rule(place) + TableLayout.RULE_NAME)));
            ruleNames[place] = name;
        }
        return name;
    }

    /** How large the table is. */
    public TableStatistics statistics() {
        return TableDump.statistics(view);
    }

    /** The table as a list of rules in the manner of a firewall's, for people; lines end in {@code \n}. */
    public String dump() {
        return TableDump.of(view);
    }
}
