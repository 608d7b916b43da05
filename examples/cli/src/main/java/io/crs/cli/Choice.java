package io.crs.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of the constants of an enumeration, spelled in small letters with dashes: its converter and its candidates. */
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final E[] all;

    Choice(Class<E> type) {
        all = type.getEnumConstants();
    }

    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public final E convert(String value) {
        return Arrays.stream(all)
                .filter(each -> text(each).equals(value))
                .findFirst()
                .orElseThrow(
                        () -> new TypeConversionException("\"" + value + "\" is none of " + String.join(", ", this)));
    }

    @Override
    public final Iterator<String> iterator() {
        return Arrays.stream(all).map(each -> text(each)).iterator();
    }
}
