package io.crs.policy.export;

import io.crs.policy.Call;
import io.crs.syscall.OperationClass;
import java.util.List;
import java.util.Set;

/**
 * What the kernel asks a security module about a file in one call, whichever module it is.
 *
 * @param path the file, with a / behind it if it is a folder
 * @param reads whether it is about its contents
 * @param writes whether it is about changing, creating or removing it
 */
record FileAccess(String path, boolean reads, boolean writes) {
    private static final int ACCESS_MODE = 3;
    private static final int O_PATH = 0x200000;
    private static final int O_CHANGES = 0x40 | 0x200;
    /** Calls for which there is a hook of paths; those about times and extended attributes have none. */
    private static final Set<String> CHANGES = Set.of(
            "write",
            "pwrite64",
            "writev",
            "truncate",
            "ftruncate",
            "fallocate",
            "unlink",
            "unlinkat",
            "rmdir",
            "mkdir",
            "mkdirat",
            "mknod",
            "mknodat",
            "symlink",
            "symlinkat",
            "chmod",
            "fchmod",
            "fchmodat",
            "chown",
            "fchown",
            "fchownat");

    /** What is asked about the files of a call; renames ask for reading the old name, links are a matter of their own. */
    static List<FileAccess> of(Call call) {
        String path = name(call);
        return switch (call.syscall().operation()) {
            case OPEN -> opening(call, path);
            case READ -> List.of(new FileAccess(path, true, false));
            case WRITE ->
                CHANGES.contains(call.syscall().name()) ? List.of(new FileAccess(path, false, true)) : List.of();
            case RENAME -> List.of(new FileAccess(path, true, true), new FileAccess(newName(call), false, true));
            case LINK -> List.of(new FileAccess(path, false, true), new FileAccess(newName(call), false, true));
            default -> List.of();
        };
    }

    private static List<FileAccess> opening(Call call, String path) {
        int flags = flags(call);
        if ((flags & O_PATH) != 0) {
            return List.of();
        }
        return List.of(new FileAccess(path, (flags & 1) == 0, (flags & ACCESS_MODE) != 0 || (flags & O_CHANGES) != 0));
    }

    static int flags(Call call) {
        return call.syscall().flags().map(fixed -> fixed.impose(call.flags())).orElse(call.flags());
    }

    static boolean executes(Call call) {
        return call.syscall().operation() == OperationClass.EXEC;
    }

    static String name(Call call) {
        String path = call.path().resolved().orElse("");
        return call.directory().orElse(false) && !path.endsWith("/") ? path + "/" : path;
    }

    /** The second name of a call; what is renamed stays the folder it is. */
    static String newName(Call call) {
        String path = call.newPath().resolved().orElse("");
        return call.directory().orElse(false) && !path.endsWith("/") ? path + "/" : path;
    }
}
