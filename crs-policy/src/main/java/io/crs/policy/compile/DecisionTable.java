package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Limits;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
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

    /** A thread decides one call after the other: no decision calls anything that decides. */
    private static final ThreadLocal<CallBuffer> BUFFERS = ThreadLocal.withInitial(CallBuffer::new);

    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);

    private final TableView view;
    private final Arch arch;
    private final PolicyMode mode;
    private final int kernelCalls;
    private final @Nullable CallRow[] rows;
    private final TableEvaluator evaluator;
    private final Decisions decisions;

    private DecisionTable(TableView view) {
        this.view = view;
        this.arch = Codes.ARCHES.at(u8(view.bytes, TableLayout.HEADER_ARCH));
        this.mode = Codes.MODES.at(u8(view.bytes, TableLayout.HEADER_MODE));
        this.kernelCalls = view.kernelCalls();
        this.rows = CallRow.all(view);
        OperandMatcher match = new OperandMatcher(view);
        this.evaluator = new TableEvaluator(view, match, view.isIndexed() ? new RuleIndex(view, match) : null);
        this.decisions = new Decisions(view, mode);
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

    /** The policy's limits, without those of calls that the architecture lacks. */
    public Limits limits() {
        return TableLimits.of(view);
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
        return decide(BUFFERS.get().set(call, arch));
    }

    /**
     * The decision on the call in a buffer. Makes no object, once a rule has decided for the first time and unless an
     * address is matched as text.
     */
    public Decision decide(CallBuffer call) {
        return decide(call.fields());
    }

    private Decision decide(CallFields call) {
        int place = CallNumbers.row(call.number, kernelCalls);
        // The table may come from another release, whose table of system calls has other calls.
        CallRow row = place < 0 ? null : rows[place];
        if (row == null || row.skipped || mode == PolicyMode.INACTIVE) {
            return decisions.byDefault(row != null && row.silent, ALLOW);
        }
        evaluator.evaluate(row, call);
        int rule = call.findings.rule;
        return rule == Findings.NO_RULE
                ? decisions.byDefault(row.silent, call.findings.action)
                : decisions.byRule(row.silent, rule);
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
