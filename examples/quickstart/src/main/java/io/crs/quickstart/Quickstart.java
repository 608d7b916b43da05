package io.crs.quickstart;

import io.crs.syscall.Arch;

/** The quickstart's main class: says which agent this machine needs. */
public final class Quickstart {
    private Quickstart() {}

    /** Prints the platform, in OCI's spelling, whose agent runs here. */
    public static void main(String[] args) {
        System.out.println("linux/" + Arch.host().ociName());
    }
}
