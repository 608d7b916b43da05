package io.crs.policy;

import io.crs.event.EventCall;
import io.crs.event.EventObject;
import io.crs.event.EventText;
import io.crs.syscall.Arch;
import io.crs.syscall.KernelConstants;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes calls of events: what an event leaves out is taken from the call's arguments where it stands there. Safe for all
 * threads.
 */
public final class EventCalls {
    private static final int O_WRONLY = 1;

    /** Where the open flags are among the arguments. */
    private static final Map<String, Integer> FLAGS = Map.of("open", 1, "openat", 2, "open_by_handle_at", 2);

    /** Where the names of the calls with two files are among the arguments; a folder's descriptor before each or none. */
    private static final Map<String, List<Integer>> NAMES = Map.of(
            "rename", List.of(0, 1),
            "renameat", List.of(1, 3),
            "renameat2", List.of(1, 3),
            "link", List.of(0, 1),
            "linkat", List.of(1, 3));

    /** Programs open files with few combinations of flags. */
    private static final Map<Flags, Integer> KNOWN = new ConcurrentHashMap<>();

    private static final int MOST_KNOWN = 1 << 10;
    private static final int LONGEST_KNOWN = 80;

    private EventCalls() {}

    /**
     * The call of an event.
     *
     * @param syscall the call that was made
     * @param arch the architecture it was made on
     * @param made what the event tells of it
     * @throws IllegalArgumentException if its address, its port or its flags are none
     */
    public static Call call(Syscall syscall, Arch arch, EventCall made) {
        Call.Builder call = Call.of(syscall);
        made.process().exe().map(EventText::text).ifPresent(call::program);
        made.process().exec().map(EventText::text).ifPresent(call::exec);
        made.object().ifPresent(object -> {
            if (object.kind() == EventObject.Kind.FILE) {
                paths(syscall, made, object, call);
            } else if (object.kind() == EventObject.Kind.SOCKET) {
                socket(object, call);
            } else if (object.kind() == EventObject.Kind.NAME) {
                object.name().map(EventText::text).ifPresent(call::name);
            }
        });
        if (syscall.operation() == OperationClass.SEND && made.object().isEmpty()) {
            call.address(Endpoint.NONE);
        }
        if (syscall.operation() == OperationClass.OPEN) {
            call.flags(flags(arch, made));
        }
        return call.build();
    }

    private static void socket(EventObject object, Call.Builder call) {
        object.address().ifPresentOrElse(call::address, () -> object.path()
                .ifPresent(path -> call.address(new Endpoint.Other(path.text()))));
        object.port().ifPresent(call::port);
        object.localPort().ifPresent(call::localPort);
    }

    /**
     * The flags of an event of an open call; where they are not among the arguments, what was done says whether they are
     * for writing.
     *
     * @param arch the architecture it was made on
     * @param made what the event tells of it
     * @throws IllegalArgumentException if they are none
     */
    public static int flags(Arch arch, EventCall made) {
        List<String> args = made.syscall().args();
        int place = FLAGS.getOrDefault(made.syscall().name().orElse(""), args.size());
        if (place >= args.size()) {
            return made.object().flatMap(EventObject::op).equals(Optional.of("write")) ? O_WRONLY : 0;
        }
        Flags flags = new Flags(arch, args.get(place));
        Integer known = KNOWN.get(flags);
        if (known != null) {
            return known;
        }
        int number = flags.number();
        if (KNOWN.size() < MOST_KNOWN && flags.text.length() <= LONGEST_KNOWN) {
            KNOWN.put(flags, number);
        }
        return number;
    }

    /** Open flags as an event spells them. */
    private record Flags(Arch arch, String text) {
        int number() {
            long flags = 0;
            for (String flag : text.split("\\|", -1)) {
                flags |= flag.startsWith("0x")
                        ? Long.decode(flag)
                        : KernelConstants.flag(arch, flag).orElse(0);
            }
            return (int) flags;
        }
    }

    private static void paths(Syscall syscall, EventCall made, EventObject object, Call.Builder call) {
        FilePath told = new FilePath(
                object.requested().or(object::path).map(EventText::text),
                object.path().map(EventText::text));
        List<Integer> places = NAMES.get(syscall.name());
        List<String> args = made.syscall().args();
        if (places == null || places.get(1) >= args.size() || told.isUnknown()) {
            call.path(told);
            return;
        }
        boolean first = names(told, args.get(places.get(0)));
        String own = args.get(places.get(first ? 0 : 1));
        String other = args.get(places.get(first ? 1 : 0));
        // Without descriptors of folders both names start at the same one.
        boolean oneFolder = places.get(0) == 0 || args.get(0).equals(args.get(2));
        FilePath otherPath = other(told, own, other, oneFolder);
        call.path(first ? told : otherPath).newPath(first ? otherPath : told);
    }

    private static boolean names(FilePath path, String arg) {
        String folded = FilePath.of(arg).requested().orElse("");
        String requested = path.requested().orElse("");
        return requested.equals(folded) || (!folded.startsWith("/") && requested.endsWith("/" + folded));
    }

    /** The other file of a call with two, from the one the event tells: its folder, by both its names. */
    private static FilePath other(FilePath told, String own, String other, boolean oneFolder) {
        String requested = told.requested().orElse("");
        String ownFolded = FilePath.of(own).requested().orElse("");
        String name = FilePath.of(other).requested().orElse("");
        if (!name.startsWith("/")) {
            if (!oneFolder || ownFolded.startsWith("/") || !requested.endsWith("/" + ownFolded)) {
                return FilePath.UNKNOWN;
            }
            name = requested.substring(0, requested.length() - ownFolded.length()) + name;
        }
        String resolved = told.resolved().orElse(requested);
        boolean beside = folder(name).equals(folder(requested));
        return new FilePath(
                Optional.of(name),
                beside
                        ? Optional.of(
                                folder(resolved) + name.substring(folder(name).length()))
                        : Optional.empty());
    }

    /** What stands before the last slash. */
    private static String folder(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
