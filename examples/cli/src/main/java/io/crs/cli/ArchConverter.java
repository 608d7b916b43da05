package io.crs.cli;

import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an architecture, the kernel's or OCI's. */
final class ArchConverter implements ITypeConverter<Arch>, Iterable<String> {
    @Override
    public Arch convert(String value) {
        return Arch.of(value)
                .orElseThrow(() -> new TypeConversionException(
                        "\"" + value + "\" is not an architecture; use " + String.join(" or ", names())));
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Arch arch : Arch.values()) {
            names.add(arch.id());
        }
        return names;
    }

    /** The candidates for the help text. */
    @Override
    public Iterator<String> iterator() {
        return names().iterator();
    }
}
