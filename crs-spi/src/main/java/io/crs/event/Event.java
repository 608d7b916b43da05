package io.crs.event;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an agent reports: one call of a process, or something about the agent itself.
 *
 * <p>An event is immutable and made of values that may be unknown; what is unknown is empty. {@link EventJson} is its
 * text form.
 */
public sealed interface Event {
    /** What all events have. */
    EventHeader header();

    /** What kind of event this is. */
    Type type();

    /** The call this event is about; empty for an event about the agent. */
    Optional<EventCall> call();

    /** One sentence for a person, where the event needs one. */
    Optional<String> reason();

    /** The kind of an event. */
    enum Type {
        /** A policy hit: a rule or a default that denies decided the call. */
        STANDARD,
        /** A call that was observed, hit or not. */
        BEHAVIOR,
        /** Events were lost: how many, since when, why. */
        GAP,
        /** A person should look: a limit was passed, a file has drifted, the agent protects less than asked. */
        ALERT,
        /** The agent about itself. */
        HEALTH
    }

    /** What the policy said of a call. */
    enum Action {
        /** The call was let through. */
        ALLOW,
        /** The call was let through and is a hit. */
        MONITOR,
        /** The call was refused, where the policy was enforced. */
        DENY
    }

    /** Who saw a call, in the order of trust. */
    enum Via {
        /** The kernel's filter answered. */
        KERNEL,
        /** The agent answered what the filter handed over. */
        NOTIFY,
        /** The library in the process reported it; the process could have lied. */
        LIBC
    }

    /**
     * A policy hit or an observed call.
     *
     * @param header what all events have
     * @param type {@link Type#STANDARD} or {@link Type#BEHAVIOR}
     * @param made the call
     * @param reason why the agent itself closed the call, where it did
     */
    record Call(EventHeader header, Type type, EventCall made, Optional<String> reason) implements Event {
        /**
         * Checks the type.
         *
         * @throws IllegalArgumentException if the type is neither of the two
         */
        public Call {
            Objects.requireNonNull(header, "header");
            Objects.requireNonNull(made, "made");
            Objects.requireNonNull(reason, "reason");
            if (type != Type.STANDARD && type != Type.BEHAVIOR) {
                throw new IllegalArgumentException(type + " is not the type of a call's event");
            }
        }

        @Override
        public Optional<EventCall> call() {
            return Optional.of(made);
        }
    }

    /**
     * Something a person should look at.
     *
     * @param header what all events have
     * @param call the call that led to it, if one did
     * @param reason one sentence
     */
    record Alert(EventHeader header, Optional<EventCall> call, Optional<String> reason) implements Event {
        @Override
        public Type type() {
            return Type.ALERT;
        }
    }

    /**
     * A report of events lost before they could be sent.
     *
     * @param header what all events have; its {@code lost} is the total of the agent's run
     * @param count how many events this gap is
     * @param since when the first of them was lost
     * @param reason why, in one sentence
     */
    record Gap(EventHeader header, OptionalLong count, Optional<Instant> since, Optional<String> reason)
            implements Event {
        @Override
        public Type type() {
            return Type.GAP;
        }

        @Override
        public Optional<EventCall> call() {
            return Optional.empty();
        }
    }

    /**
     * What the agent says about itself.
     *
     * @param header what all events have
     * @param reason one sentence
     */
    record Health(EventHeader header, Optional<String> reason) implements Event {
        @Override
        public Type type() {
            return Type.HEALTH;
        }

        @Override
        public Optional<EventCall> call() {
            return Optional.empty();
        }
    }
}
