package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyscallTest {
    private static final SyscallTable TABLE = SyscallTable.standard();

    private static boolean covers(String named, String made, int flags) {
        return TABLE.find(named).orElseThrow().covers(TABLE.find(made).orElseThrow(), flags);
    }

    @ParameterizedTest
    @CsvSource({
        // named, made, its flags, covered
        "open, openat2, 0x0, true",
        "openat, creat, 0x0, true",
        "creat, creat, 0x0, true",
        "creat, openat, 0x241, true",
        "creat, open, 0x80241, true",
        "creat, openat, 0x242, false",
        "creat, openat, 0x0, false",
        "open, open_by_handle_at, 0x0, false",
        "rmdir, unlinkat, 0x200, true",
        "rmdir, unlinkat, 0x0, false",
        "unlink, unlinkat, 0x0, true",
        "unlink, unlinkat, 0x200, false",
        "unlink, rmdir, 0x0, false",
        "unlinkat, rmdir, 0x0, true",
        "stat, newfstatat, 0x0, true",
        "stat, newfstatat, 0x1000, true",
        "stat, statx, 0x100, false",
        "lstat, statx, 0x900, true",
        "lstat, stat, 0x0, false",
        "stat, lstat, 0x0, false",
        "stat, fstat, 0x0, true",
        "fstat, newfstatat, 0x1000, true",
        "fstat, newfstatat, 0x0, false",
        "fstat, stat, 0x0, false",
        "chmod, fchmodat2, 0x100, true",
        "fchmod, chmod, 0x0, false",
        "lchown, fchownat, 0x100, true",
        "chown, lchown, 0x0, false",
        "setxattr, setxattrat, 0x0, true",
        "fsetxattr, setxattrat, 0x1000, true",
        "setxattr, getxattr, 0x0, false",
        "fork, clone, 0x1200011, true",
        "fork, clone, 0x3d0f00, false",
        "vfork, clone3, 0x4100, true",
        "vfork, fork, 0x0, false",
        "clone, vfork, 0x0, true",
        "accept, accept4, 0x80800, true",
        "execve, execveat, 0x1000, true",
        "read, pread64, 0x0, false",
        "rename, renameat2, 0x2, true",
        "ioctl, fcntl, 0x0, false",
    })
    void coversSiblingsWhoseFlagsFit(String named, String made, String flags, boolean covered) {
        assertEquals(covered, covers(named, made, Integer.decode(flags)));
    }

    @Property
    void coversItselfWhateverTheFlags(@ForAll int flags) {
        for (Syscall call : TABLE.all()) {
            assertTrue(call.covers(call, flags));
        }
    }

    @Property
    void anImposedConditionHoldsAndLeavesOtherBitsAlone(@ForAll int mask, @ForAll int value, @ForAll int flags) {
        FlagCondition condition = new FlagCondition(mask, value & mask);
        assertTrue(condition.test(condition.impose(flags)));
        assertEquals(flags & ~mask, condition.impose(flags) & ~mask);
    }

    @Test
    void aConditionThatCannotHoldIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new FlagCondition(0x100, 0x300));
    }

    @Test
    void aCallHasThreeRolesAndAWholeGuideRow() {
        List<ArgumentRole> two = List.of(ArgumentRole.RAW, ArgumentRole.RAW);
        List<ArgumentRole> three = List.of(ArgumentRole.RAW, ArgumentRole.RAW, ArgumentRole.RAW);
        assertThrows(IllegalArgumentException.class, () -> call(two, OptionalInt.empty()));
        assertThrows(IllegalArgumentException.class, () -> call(three, OptionalInt.of(1)));
        assertEquals(three, call(three, OptionalInt.empty()).roles());
    }

    private static Syscall call(List<ArgumentRole> roles, OptionalInt guideNumber) {
        return new Syscall(
                0,
                "x",
                OptionalInt.of(1),
                OptionalInt.empty(),
                OperationClass.NONE,
                roles,
                Optional.empty(),
                Optional.empty(),
                guideNumber,
                Optional.empty());
    }
}
