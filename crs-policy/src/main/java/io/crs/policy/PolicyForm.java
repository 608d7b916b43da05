package io.crs.policy;

import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The JSON form of a {@link Policy} and of its {@link Limits}. */
final class PolicyForm {
    private static final Codec<Action> ALLOW_OR_DENY = Codecs.word(Action.ALLOW, Action.DENY);
    private static final Codec<Integer> COUNT = Codecs.integer(0, Integer.MAX_VALUE);
    private static final int MAX_SYSCALLS = SyscallTable.standard().all().size();

    private static final Field<Limits, Integer> PROCESSES = Field.usual("maxProcesses", COUNT, 0, Limits::maxProcesses);
    private static final Field<Limits, Integer> LIFETIME =
            Field.usual("maxProcessLifetime", COUNT, 0, Limits::maxProcessLifetime);
    private static final Field<Limits, Map<Syscall, Integer>> SYSCALLS = Field.usual(
            "syscallsPerSecond",
            Codecs.map(SyscallNames::find, Syscall::name, COUNT, Limits.MAX_ENTRIES),
            Map.of(),
            Limits::syscallsPerSecond);
    private static final Field<Limits, Map<String, Integer>> BY_NAME = Field.usual(
            "maxProcessesByName",
            Codecs.map(Limits::checkProgram, name -> name, COUNT, Limits.MAX_ENTRIES),
            Map.of(),
            Limits::maxProcessesByName);

    private static final Codec<Limits> LIMITS_FORM = new ObjectCodec<>(
            List.of(PROCESSES, LIFETIME, SYSCALLS, BY_NAME),
            (values, in) -> {},
            values -> new Limits(
                    values.get(PROCESSES).orElse(0),
                    values.get(LIFETIME).orElse(0),
                    values.get(SYSCALLS).orElse(Map.of()),
                    values.get(BY_NAME).orElse(Map.of())));

    private static final Field<Policy, String> ID =
            Field.optional("id", Codecs.text().checked(Identifiers::check), Policy::id);
    private static final Field<Policy, String> NAME =
            Field.required("name", Codecs.name(RuleHeader.MAX_NAME), Policy::name);
    private static final Field<Policy, String> DESCRIPTION =
            Field.usual("description", Codecs.text(Policy.MAX_DESCRIPTION), "", Policy::description);
    private static final Field<Policy, PolicyMode> MODE =
            Field.required("policyMode", Codecs.word(PolicyMode.values()), Policy::mode);
    private static final Field<Policy, Action> NETWORK =
            Field.required("defaultNetworkAction", ALLOW_OR_DENY, Policy::defaultNetworkAction);
    private static final Field<Policy, Action> FILE =
            Field.required("defaultFileAction", ALLOW_OR_DENY, Policy::defaultFileAction);
    private static final Field<Policy, Action> EXECUTE =
            Field.required("defaultExecuteAction", ALLOW_OR_DENY, Policy::defaultExecuteAction);
    private static final Field<Policy, Action> DRIFT =
            Field.usual("driftAction", Codecs.word(Action.values()), Action.ALLOW, Policy::driftAction);
    private static final Field<Policy, DefaultScope> DEFAULT_SCOPE = Field.usual(
            "defaultScope", Codecs.word(DefaultScope.values()), DefaultScope.CATEGORY, Policy::defaultScope);
    private static final Field<Policy, IgnoreScope> IGNORE_SCOPE =
            Field.usual("ignoreScope", Codecs.word(IgnoreScope.values()), IgnoreScope.EVENTS, Policy::ignoreScope);
    private static final Field<Policy, Translation> TRANSLATION =
            Field.usual("translation", Codecs.word(Translation.values()), Translation.COMPLETE, Policy::translation);
    private static final Field<Policy, Action> UNREADABLE =
            Field.usual("onUnreadable", ALLOW_OR_DENY, Action.DENY, Policy::onUnreadable);
    private static final Field<Policy, FailMode> FAIL_MODE =
            Field.usual("failMode", Codecs.word(FailMode.values()), FailMode.CLOSED, Policy::failMode);
    private static final Field<Policy, OnDegraded> DEGRADED =
            Field.usual("onDegraded", Codecs.word(OnDegraded.values()), OnDegraded.WARN, Policy::onDegraded);
    private static final Field<Policy, List<Syscall>> IGNORED = Field.usual(
            "ignoredSyscalls",
            Codecs.list(Codecs.text().as(SyscallNames::find, Syscall::name), MAX_SYSCALLS),
            List.of(),
            policy -> List.copyOf(policy.ignoredSyscalls()));
    private static final Field<Policy, Limits> LIMITS = Field.usual("limits", LIMITS_FORM, Limits.NONE, Policy::limits);
    private static final Field<Policy, List<Rule>> RULES =
            Field.usual("rules", Codecs.list(RuleForm.CODEC, Policy.MAX_RULES), List.of(), Policy::rules);
    private static final Field<Policy, Instant> CREATED = Field.optional("created", Codecs.time(), Policy::created);
    private static final Field<Policy, Instant> UPDATED = Field.optional("updated", Codecs.time(), Policy::updated);

    static final Codec<Policy> CODEC = new ObjectCodec<>(fields(), (values, in) -> {}, PolicyForm::make);

    private PolicyForm() {}

    private static List<Field<Policy, ?>> fields() {
        List<Field<Policy, ?>> fields = new ArrayList<>(List.of(ID, NAME, DESCRIPTION, MODE, NETWORK, FILE, EXECUTE));
        fields.addAll(List.of(DRIFT, DEFAULT_SCOPE, IGNORE_SCOPE, TRANSLATION, UNREADABLE, FAIL_MODE, DEGRADED));
        fields.addAll(List.of(IGNORED, LIMITS, RULES, CREATED, UPDATED));
        return fields;
    }

    private static Policy make(ObjectCodec.Values values) {
        Set<Syscall> ignored = new LinkedHashSet<>(values.get(IGNORED).orElse(List.of()));
        return new Policy(
                values.get(ID),
                values.require(NAME),
                values.get(DESCRIPTION).orElse(""),
                values.require(MODE),
                values.require(NETWORK),
                values.require(FILE),
                values.require(EXECUTE),
                ignored,
                values.get(RULES).orElse(List.of()),
                values.get(DRIFT).orElse(Action.ALLOW),
                values.get(DEFAULT_SCOPE).orElse(DefaultScope.CATEGORY),
                values.get(IGNORE_SCOPE).orElse(IgnoreScope.EVENTS),
                values.get(TRANSLATION).orElse(Translation.COMPLETE),
                values.get(UNREADABLE).orElse(Action.DENY),
                values.get(FAIL_MODE).orElse(FailMode.CLOSED),
                values.get(DEGRADED).orElse(OnDegraded.WARN),
                values.get(LIMITS).orElse(Limits.NONE),
                values.get(CREATED),
                values.get(UPDATED));
    }
}
