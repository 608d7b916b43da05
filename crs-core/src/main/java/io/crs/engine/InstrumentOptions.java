package io.crs.engine;

import io.crs.agent.Enforcement;
import io.crs.agent.Platform;
import io.crs.policy.LogMode;
import io.crs.policy.Translation;
import java.util.Optional;

/**
 * What an image is instrumented with, besides the policy.
 *
 * @param logMode which events the agent sends
 * @param mqUrl where it sends them, such as {@code unix:/run/crs/events}; where it is empty, the container's
 *     environment says it ({@code LI_MQURL})
 * @param translation how rule types become calls; the policy's own where it is empty
 * @param platform the one image of an index to take; all of them where it is empty
 * @param allowNoCommand whether an image may have neither entry point nor command
 * @param enforcement how processes are held to the policy
 * @param provenance whether a registry or an OCI layout is also given how the image was made; no other place takes that
 * @param preloadFile whether the agent's object is also named in {@code /etc/ld.so.preload} of an image with glibc
 */
public record InstrumentOptions(
        LogMode logMode,
        Optional<String> mqUrl,
        Optional<Translation> translation,
        Optional<Platform> platform,
        boolean allowNoCommand,
        Enforcement enforcement,
        boolean provenance,
        boolean preloadFile) {
    /** Monitored and denied calls are events, all platforms are taken, enforcement is strict, and nothing else is set. */
    public static final InstrumentOptions STANDARD = new InstrumentOptions(
            LogMode.POLICY_MONITOR_DENY,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Enforcement.STRICT,
            false,
            false);

    /** These options with another log mode. */
    public InstrumentOptions withLogMode(LogMode other) {
        return new InstrumentOptions(
                other, mqUrl, translation, platform, allowNoCommand, enforcement, provenance, preloadFile);
    }

    /** These options with another destination of events. */
    public InstrumentOptions withMqUrl(String other) {
        return new InstrumentOptions(
                logMode,
                Optional.of(other),
                translation,
                platform,
                allowNoCommand,
                enforcement,
                provenance,
                preloadFile);
    }

    /** These options with another translation than the policy's. */
    public InstrumentOptions withTranslation(Translation other) {
        return new InstrumentOptions(
                logMode, mqUrl, Optional.of(other), platform, allowNoCommand, enforcement, provenance, preloadFile);
    }

    /** These options for one platform alone. */
    public InstrumentOptions withPlatform(Platform only) {
        return new InstrumentOptions(
                logMode, mqUrl, translation, Optional.of(only), allowNoCommand, enforcement, provenance, preloadFile);
    }

    /** These options for an image that has nothing to run by itself. */
    public InstrumentOptions withAllowNoCommand(boolean allowed) {
        return new InstrumentOptions(
                logMode, mqUrl, translation, platform, allowed, enforcement, provenance, preloadFile);
    }

    /** These options with another enforcement. */
    public InstrumentOptions withEnforcement(Enforcement other) {
        return new InstrumentOptions(
                logMode, mqUrl, translation, platform, allowNoCommand, other, provenance, preloadFile);
    }

    /** These options, with a statement of how the image was made beside it in the registry or OCI layout, or without. */
    public InstrumentOptions withProvenance(boolean stated) {
        return new InstrumentOptions(
                logMode, mqUrl, translation, platform, allowNoCommand, enforcement, stated, preloadFile);
    }

    /** These options, with the agent's object named in {@code /etc/ld.so.preload} too, or not. */
    public InstrumentOptions withPreloadFile(boolean wanted) {
        return new InstrumentOptions(
                logMode, mqUrl, translation, platform, allowNoCommand, enforcement, provenance, wanted);
    }
}
