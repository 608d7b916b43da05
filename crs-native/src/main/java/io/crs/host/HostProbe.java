package io.crs.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this host says about itself that decides whether the agent can run on it. What the host does not say is empty,
 * and counts as good: the agent finds out.
 *
 * @param kernelRelease the kernel's release, such as {@code 6.1.0-13-amd64}
 * @param seccompActions what a filter of system calls may answer here, such as {@code user_notif}
 * @param ptraceScope Yama's {@code ptrace_scope}, 0 to 3
 */
public record HostProbe(
        Optional<String> kernelRelease, Optional<List<String>> seccompActions, Optional<Integer> ptraceScope) {
    /** The first kernel that can put an opened file into another process and answer its call in one step. */
    private static final int[] OLDEST_KERNEL = {5, 14};

    private static final int NO_ATTACH = 3;
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,5})\\.(\\d{1,5}).*", Pattern.DOTALL);

    /** Copies the list. */
    public HostProbe {
        seccompActions = seccompActions.map(List::copyOf);
    }

    /** Looks at the host this process runs on. */
    public static HostProbe ofThisHost() {
        return of(Path.of("/proc/sys/kernel"));
    }

    /** Looks at a folder laid out as {@code /proc/sys/kernel}. */
    static HostProbe of(Path kernel) {
        return new HostProbe(
                read(kernel.resolve("osrelease")),
                read(kernel.resolve("seccomp/actions_avail")).map(text -> List.of(text.split("\\s+"))),
                read(kernel.resolve("yama/ptrace_scope"))
                        .filter(text -> text.matches("[0-3]"))
                        .map(Integer::valueOf));
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty(); // not said
        }
    }

    /** Why the agent cannot run here, each with the way out; empty if nothing speaks against it. */
    public List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        kernelRelease
                .filter(HostProbe::isTooOld)
                .ifPresent(release -> obstacles.add("the kernel is " + release + ", and the agent needs Linux "
                        + OLDEST_KERNEL[0] + "." + OLDEST_KERNEL[1] + " or later"));
        seccompActions
                .filter(actions -> !actions.contains("user_notif"))
                .ifPresent(actions -> obstacles.add("the kernel lacks seccomp user notifications"
                        + " (user_notif is not in /proc/sys/kernel/seccomp/actions_avail); use one built with"
                        + " CONFIG_SECCOMP_FILTER"));
        ptraceScope
                .filter(scope -> scope >= NO_ATTACH)
                .ifPresent(scope -> obstacles.add("no process may look at another (kernel.yama.ptrace_scope is " + scope
                        + "); the agent needs 2 or less, and only a restart of the host lowers it"));
        return obstacles;
    }

    private static boolean isTooOld(String release) {
        Matcher matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        return major < OLDEST_KERNEL[0] || (major == OLDEST_KERNEL[0] && minor < OLDEST_KERNEL[1]);
    }
}
