package io.crs.syscall;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The table of system calls: every call of Linux on every {@link Arch}, and the two library calls of the user guide.
 *
 * <p>A call is found by the kernel's name ({@code openat}), by the user guide's ({@code stub_execveat}) and by the
 * kernel's with {@code sys_} before it, unless the guide gives that name to another call: {@code sys_setsockopt} is
 * the guide's name of row 55, which is {@code getsockopt}. Names are case-sensitive. Immutable, safe for all threads.
 */
public final class SyscallTable {
    private static final String PREFIX = "sys_";

    private final String source;
    private final List<Syscall> all;
    private final Map<String, Syscall> byName = new LinkedHashMap<>();
    private final Map<Integer, Syscall> byGuideNumber = new HashMap<>();
    private final Map<Arch, Map<Integer, Syscall>> byNumber = new EnumMap<>(Arch.class);
    private final Map<Arch, List<Syscall>> byArch = new EnumMap<>(Arch.class);
    private final Map<String, List<Syscall>> byGroup;

    /** Read on first use; a class of its own, so that a fault of the file shows where the table is asked for. */
    private static final class Standard {
        static final SyscallTable TABLE = read();

        private static SyscallTable read() {
            try (InputStream in = SyscallTable.class.getResourceAsStream("syscalls.csv")) {
                if (in == null) {
                    throw new IllegalStateException("syscalls.csv is not beside SyscallTable");
                }
                return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private SyscallTable(SyscallFile file) {
        source = file.source();
        all = List.copyOf(file.rows());
        for (Arch arch : Arch.values()) {
            index(arch);
        }
        for (Syscall call : all) {
            add(byName, call.name(), call);
            call.guideNumber().ifPresent(number -> add(byGuideNumber, number, call));
        }
        for (Syscall call : all) {
            call.guideName().filter(name -> !name.equals(call.name())).ifPresent(name -> add(byName, name, call));
        }
        for (Syscall call : all) {
            if (!call.library()) {
                byName.putIfAbsent(PREFIX + call.name(), call);
            }
        }
        byGroup = all.stream()
                .filter(call -> call.group().isPresent())
                .collect(Collectors.groupingBy(call -> call.group().get(), Collectors.toUnmodifiableList()));
    }

    private void index(Arch arch) {
        Map<Integer, Syscall> numbers = new HashMap<>();
        List<Syscall> calls =
                all.stream().filter(call -> call.number(arch).isPresent()).toList();
        calls.forEach(call -> add(numbers, call.number(arch).getAsInt(), call));
        byNumber.put(arch, numbers);
        byArch.put(arch, calls);
    }

    private static <K> void add(Map<K, Syscall> map, K key, Syscall call) {
        Syscall other = map.putIfAbsent(key, call);
        if (other != null) {
            throw new IllegalArgumentException(key + " is both " + other.name() + " and " + call.name());
        }
    }

    /** The table of a file's text. */
    static SyscallTable parse(String text) {
        return new SyscallTable(new SyscallFile(text.lines().toList()));
    }

    /** The table that comes with CRS. */
    public static SyscallTable standard() {
        return Standard.TABLE;
    }

    /** All calls: by their x86_64 number, then those only aarch64 has, then the library calls. */
    public List<Syscall> all() {
        return all;
    }

    /** The call with this name, in any of the spellings above; empty if there is none. */
    public Optional<Syscall> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The call with this number on an architecture; empty if the kernel headers know none. */
    public Optional<Syscall> find(Arch arch, int number) {
        return Optional.ofNullable(byNumber.getOrDefault(arch, Map.of()).get(number));
    }

    /** The call at this row of the user guide's Appendix A, library calls included; empty if it has no such row. */
    public Optional<Syscall> findGuide(int guideNumber) {
        return Optional.ofNullable(byGuideNumber.get(guideNumber));
    }

    /**
     * All forms of the function that a call is one of, itself included, whatever the architecture. Which of them a
     * rule naming the call covers also depends on flags: {@link Syscall#covers} says it.
     */
    public List<Syscall> siblings(Syscall call) {
        return call.group().map(byGroup::get).orElseGet(() -> List.of(call));
    }

    /** The calls an architecture has, in the order of {@link #all}. */
    public List<Syscall> on(Arch arch) {
        return byArch.getOrDefault(arch, List.of());
    }

    /** The known name nearest to one that is not known, for a question back; empty if none is near. */
    public Optional<String> nearest(String name) {
        return NearestName.among(byName.keySet(), name);
    }

    /** The package of kernel headers the numbers come from, such as {@code linux-libc-dev 6.12.38-1}. */
    public String source() {
        return source;
    }
}
