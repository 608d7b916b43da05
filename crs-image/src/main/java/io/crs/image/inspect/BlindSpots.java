package io.crs.image.inspect;

import io.crs.image.inspect.Facts.Elf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the programs of an image that hooks in its C library do not see. */
final class BlindSpots {
    private static final int MOST = 100;

    private final String libc;
    private final int machine;
    private final List<Spot> spots = new ArrayList<>();

    private record Spot(String path, String why) {}

    private BlindSpots(String libc, int machine) {
        this.libc = libc;
        this.machine = machine;
    }

    /**
     * Returns a line for each, by path.
     *
     * @param libc the kind of C library the agent's hooks are made for
     * @param machine the processor they are made for
     */
    static List<String> of(ImageFiles files, String libc, int machine) {
        BlindSpots blind = new BlindSpots(libc, machine);
        blind.collect(files.tree().root());
        blind.spots.sort(Comparator.comparing(Spot::path).thenComparing(Spot::why));
        List<String> lines = new ArrayList<>();
        blind.spots.stream().limit(MOST).forEach(spot -> lines.add(spot.path + ": " + spot.why));
        if (blind.spots.size() > MOST) {
            lines.add("and " + (blind.spots.size() - MOST) + " more");
        }
        return lines;
    }

    private void collect(Node folder) {
        for (Node node : folder.children()) {
            add(node, ImageFiles.right(node));
            if (node.isExecutable() && node.facts instanceof Elf elf) {
                add(node, why(node, elf));
            }
            collect(node);
        }
    }

    private void add(Node node, @Nullable String why) {
        if (why != null) {
            spots.add(new Spot(node.path(), why));
        }
    }

    private @Nullable String why(Node node, Elf elf) {
        if (elf.isStatic()) {
            // A library has no loader either; what is loaded is named with a dot.
            boolean isProgram = !elf.shared() || !node.name.contains(".");
            return isProgram ? "statically linked" + made(elf) : null;
        }
        if (machine >= 0 && elf.machine() != machine) {
            return "for another processor, " + Processor.nameOf(elf.machine());
        }
        String other = elf.interpreter().contains("ld-musl-") ? "musl" : "glibc";
        if (!libc.equals("none") && !other.equals(libc)) {
            return "runs on " + other + ", not on " + libc;
        }
        return elf.go().isEmpty() ? null : "makes its own system calls" + made(elf);
    }

    private static String made(Elf elf) {
        return elf.go().isEmpty() ? "" : elf.go().equals("go") ? ", made by Go" : ", made by " + elf.go();
    }
}
