package io.crs.syscall;

import java.util.Optional;

/** A processor architecture an agent can run on, by the names and numbers OCI, ELF and the Linux audit system give it. */
public enum Arch {
    /** 64-bit x86. */
    X86_64("x86_64", "amd64", 62, 0xC000003E),
    /** 64-bit ARM, little-endian. */
    AARCH64("aarch64", "arm64", 183, 0xC00000B7);

    private final String id;
    private final String ociName;
    private final int elfMachine;
    private final int auditArch;

    Arch(String id, String ociName, int elfMachine, int auditArch) {
        this.id = id;
        this.ociName = ociName;
        this.elfMachine = elfMachine;
        this.auditArch = auditArch;
    }

    /** The name the Linux kernel uses, as {@code uname -m} prints it. */
    public String id() {
        return id;
    }

    /** The name in an OCI image's {@code architecture} field. */
    public String ociName() {
        return ociName;
    }

    /** The {@code e_machine} of an ELF header: 62 or 183. */
    public int elfMachine() {
        return elfMachine;
    }

    /** The {@code AUDIT_ARCH_…} constant of {@code linux/audit.h}, an unsigned 32-bit number in an {@code int}. */
    public int auditArch() {
        return auditArch;
    }

    /** The architecture with this {@link #id} or {@link #ociName}, in exactly this spelling; empty if there is none. */
    public static Optional<Arch> of(String idOrOciName) {
        for (Arch arch : values()) {
            if (arch.id.equals(idOrOciName) || arch.ociName.equals(idOrOciName)) {
                return Optional.of(arch);
            }
        }
        return Optional.empty();
    }

    /**
     * The architecture this JVM runs on.
     *
     * @throws UnsupportedOperationException if it is none of these
     */
    public static Arch host() {
        String name = System.getProperty("os.arch", "");
        return of(name).orElseThrow(
                        () -> new UnsupportedOperationException("no agent exists for the architecture " + name));
    }
}
