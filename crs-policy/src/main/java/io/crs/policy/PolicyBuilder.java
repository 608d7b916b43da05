package io.crs.policy;

import io.crs.syscall.Syscall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a {@link Policy}: starts with {@link Policy#named} or {@link Policy#toBuilder}. For one thread. */
public final class PolicyBuilder {
    private Optional<String> id = Optional.empty();
    private String name;
    private String description = "";
    private PolicyMode mode = PolicyMode.ACTIVE;
    private final Map<Category, Action> defaults = new EnumMap<>(Category.class);
    private final Set<Syscall> ignoredSyscalls = new HashSet<>();
    private final List<Rule> rules = new ArrayList<>();
    private Action driftAction = Action.ALLOW;
    private DefaultScope defaultScope = DefaultScope.CATEGORY;
    private IgnoreScope ignoreScope = IgnoreScope.EVENTS;
    private Translation translation = Translation.COMPLETE;
    private Action onUnreadable = Action.DENY;
    private FailMode failMode = FailMode.CLOSED;
    private OnDegraded onDegraded = OnDegraded.WARN;
    private Limits limits = Limits.NONE;
    private Optional<Instant> created = Optional.empty();
    private Optional<Instant> updated = Optional.empty();

    PolicyBuilder(String name) {
        this.name = name;
    }

    PolicyBuilder(Policy policy) {
        id = policy.id();
        name = policy.name();
        description = policy.description();
        mode = policy.mode();
        for (Category category : Category.values()) {
            defaults.put(category, policy.defaultAction(category));
        }
        ignoredSyscalls.addAll(policy.ignoredSyscalls());
        rules.addAll(policy.rules());
        driftAction = policy.driftAction();
        defaultScope = policy.defaultScope();
        ignoreScope = policy.ignoreScope();
        translation = policy.translation();
        onUnreadable = policy.onUnreadable();
        failMode = policy.failMode();
        onDegraded = policy.onDegraded();
        limits = policy.limits();
        created = policy.created();
        updated = policy.updated();
    }

    /** The id, 24 hexadecimal digits. */
    public PolicyBuilder id(String text) {
        id = Optional.of(text);
        return this;
    }

    /** The name for people. */
    public PolicyBuilder name(String text) {
        name = text;
        return this;
    }

    /** The description, at most 250 characters. */
    public PolicyBuilder description(String text) {
        description = text;
        return this;
    }

    /** How far the policy goes; ACTIVE if not called. */
    public PolicyBuilder mode(PolicyMode policyMode) {
        mode = policyMode;
        return this;
    }

    /** What happens to calls of a category where no rule matches: ALLOW, if not called, or DENY. */
    public PolicyBuilder defaults(Category category, Action action) {
        defaults.put(category, action);
        return this;
    }

    /** Adds a call without events, by any of its names. */
    public PolicyBuilder ignore(String syscall) {
        ignoredSyscalls.add(SyscallNames.find(syscall));
        return this;
    }

    /** Adds calls without events. */
    public PolicyBuilder ignoreAll(Collection<Syscall> syscalls) {
        ignoredSyscalls.addAll(syscalls);
        return this;
    }

    /** Adds a rule behind those that are there. */
    public PolicyBuilder rule(Rule rule) {
        rules.add(rule);
        return this;
    }

    /** Puts these rules in the place of those that are there. */
    public PolicyBuilder rules(List<Rule> all) {
        rules.clear();
        rules.addAll(all);
        return this;
    }

    /** What happens to the execution of a file that is not in the image; ALLOW if not called. */
    public PolicyBuilder driftAction(Action action) {
        driftAction = action;
        return this;
    }

    /** Which calls the defaults cover; CATEGORY if not called. */
    public PolicyBuilder defaultScope(DefaultScope scope) {
        defaultScope = scope;
        return this;
    }

    /** What is left out for ignored calls; EVENTS if not called. */
    public PolicyBuilder ignoreScope(IgnoreScope scope) {
        ignoreScope = scope;
        return this;
    }

    /** From which calls READ, WRITE and NETWORK rules are made; COMPLETE if not called. */
    public PolicyBuilder translation(Translation kind) {
        translation = kind;
        return this;
    }

    /** What happens to calls of a process whose memory cannot be read: DENY, if not called, or ALLOW. */
    public PolicyBuilder onUnreadable(Action action) {
        onUnreadable = action;
        return this;
    }

    /** What happens to calls that cannot be decided; CLOSED if not called. */
    public PolicyBuilder failMode(FailMode failure) {
        failMode = failure;
        return this;
    }

    /** What happens where the host allows enforcement only in part; WARN if not called. */
    public PolicyBuilder onDegraded(OnDegraded degraded) {
        onDegraded = degraded;
        return this;
    }

    /** Numbers whose breach is an alert; none if not called. */
    public PolicyBuilder limits(Limits numbers) {
        limits = numbers;
        return this;
    }

    /** When the policy was made. */
    public PolicyBuilder created(Instant time) {
        created = Optional.of(time);
        return this;
    }

    /** When the policy was last changed. */
    public PolicyBuilder updated(Instant time) {
        updated = Optional.of(time);
        return this;
    }

    /**
     * The policy.
     *
     * @throws IllegalArgumentException if a part is not as {@link Policy} wants it
     */
    public Policy build() {
        return new Policy(
                id,
                name,
                description,
                mode,
                defaults.getOrDefault(Category.NETWORK, Action.ALLOW),
                defaults.getOrDefault(Category.FILE, Action.ALLOW),
                defaults.getOrDefault(Category.EXECUTE, Action.ALLOW),
                ignoredSyscalls,
                rules,
                driftAction,
                defaultScope,
                ignoreScope,
                translation,
                onUnreadable,
                failMode,
                onDegraded,
                limits,
                created,
                updated);
    }
}
