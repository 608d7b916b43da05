package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchTest {
    private static final int AUDIT_64_BIT = 0x80000000;
    private static final int AUDIT_LITTLE_ENDIAN = 0x40000000;

    @ParameterizedTest
    @EnumSource
    void isFoundByEitherName(Arch arch) {
        assertEquals(Optional.of(arch), Arch.of(arch.id()));
        assertEquals(Optional.of(arch), Arch.of(arch.ociName()));
    }

    @ParameterizedTest
    @EnumSource
    void auditNumberIsTheElfMachineWithWidthAndByteOrder(Arch arch) {
        assertEquals(arch.elfMachine() | AUDIT_64_BIT | AUDIT_LITTLE_ENDIAN, arch.auditArch());
    }

    @Property
    void noOtherNameIsFound(@ForAll String name) {
        for (Arch arch : Arch.values()) {
            Assume.that(!name.equals(arch.id()) && !name.equals(arch.ociName()));
        }
        assertEquals(Optional.empty(), Arch.of(name));
    }

    @Test
    void hostIsTheMachineThisProgramWasBuiltFor() throws IOException {
        byte[] header;
        try (DataInputStream self = new DataInputStream(Files.newInputStream(Path.of("/proc/self/exe")))) {
            header = self.readNBytes(20);
        }
        short machine = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getShort(18);
        assertEquals(machine, Arch.host().elfMachine());
    }
}
