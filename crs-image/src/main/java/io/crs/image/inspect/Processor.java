package io.crs.image.inspect;

import java.util.List;

/**
 * A processor, by all its names.
 *
 * @param image what images call it
 * @param machine its number in ELF files ({@code e_machine})
 * @param packages what package databases call it
 */
record Processor(String image, int machine, List<String> packages) {
    private static final List<Processor> ALL = List.of(
            new Processor("amd64", 62, List.of("x86_64", "amd64")),
            new Processor("arm64", 183, List.of("aarch64", "arm64")),
            new Processor("arm", 40, List.of("armv7hl", "armv7", "armhf", "armv6hl", "armel", "arm")),
            new Processor("386", 3, List.of("i386", "i486", "i586", "i686", "athlon", "x86")),
            new Processor("riscv64", 243, List.of("riscv64")),
            new Processor("s390x", 22, List.of("s390x")),
            new Processor("ppc64le", 21, List.of("ppc64le", "ppc64el")));

    /** Returns the number ELF files have, or -1 for an architecture that is not known. */
    static int machine(String image) {
        for (Processor each : ALL) {
            if (each.image.equals(image)) {
                return each.machine;
            }
        }
        return -1;
    }

    /** Returns what an image calls a processor. */
    static String nameOf(int machine) {
        for (Processor each : ALL) {
            if (each.machine == machine) {
                return each.image;
            }
        }
        return "machine " + machine;
    }

    /** Returns whether a package runs on a processor; one that does not tell its architecture does. */
    static boolean runs(String packageArchitecture, int machine) {
        if (packageArchitecture.isEmpty()) {
            return true;
        }
        for (Processor each : ALL) {
            if (each.machine == machine) {
                return each.packages.contains(packageArchitecture);
            }
        }
        return false;
    }
}
