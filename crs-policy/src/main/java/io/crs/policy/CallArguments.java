package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The {@code args} of a call's JSON form. Each is the raw argument of its place, or, where the call's table gives the
 * place a role, what the role says: a path, a port, an address, a name. What another field of the call says goes before.
 */
final class CallArguments {
    private final Syscall syscall;
    private final Arch arch;
    private final List<Optional<String>> texts;

    CallArguments(Syscall syscall, Arch arch, List<Optional<String>> texts) {
        this.syscall = syscall;
        this.arch = arch;
        this.texts = texts.stream()
                .map(text -> text.filter(known -> !known.isBlank()))
                .toList();
    }

    private ArgumentRole role(int place) {
        return place < Syscall.ARGUMENTS ? syscall.roles().get(place) : ArgumentRole.RAW;
    }

    private Optional<String> text(ArgumentRole role) {
        for (int place = 0; place < texts.size(); place++) {
            if (role(place) == role) {
                return texts.get(place);
            }
        }
        return Optional.empty();
    }

    private static boolean isInteger(String text) {
        return text.strip().matches("-?[0-9]+|0[xX][0-9a-fA-F]+|AT_FDCWD");
    }

    Optional<String> name() {
        return text(ArgumentRole.NAME);
    }

    Optional<String> path() {
        return text(ArgumentRole.FILENAME).or(() -> text(ArgumentRole.OLD)).filter(text -> !isInteger(text));
    }

    Optional<String> newPath() {
        return text(ArgumentRole.NEW).filter(text -> !isInteger(text));
    }

    Optional<String> address() {
        return text(ArgumentRole.ADDRESS).filter(text -> !isInteger(text));
    }

    OptionalInt port() {
        return port(ArgumentRole.PORT);
    }

    OptionalInt localPort() {
        return port(ArgumentRole.LOCAL_PORT);
    }

    /** A number of a port; a larger one is a raw argument, such as a pointer. */
    private OptionalInt port(ArgumentRole role) {
        Optional<String> text = text(role).map(String::strip).filter(digits -> digits.matches("0|[1-9][0-9]{0,4}"));
        int port = text.map(Integer::parseInt).orElse(-1);
        return port < 0 || port > PortPattern.MAX_PORT ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /**
     * The raw arguments that are known.
     *
     * @param family the address family, for a call whose role it is and whose argument is not there
     * @throws IllegalArgumentException if the family, type or protocol of a socket is no integer and no constant
     */
    List<OptionalLong> integers(Optional<Long> family) {
        List<OptionalLong> integers = new ArrayList<>();
        for (int place = 0; place < Call.ARGUMENTS; place++) {
            Optional<String> text = place < texts.size() ? texts.get(place) : Optional.empty();
            ArgumentRole role = role(place);
            if (text.isPresent()) {
                integers.add(integer(text.get().strip(), role));
            } else if (role == ArgumentRole.DOMAIN && family.isPresent()) {
                integers.add(OptionalLong.of(family.get()));
            } else {
                integers.add(OptionalLong.empty());
            }
        }
        return integers;
    }

    private OptionalLong integer(String text, ArgumentRole role) {
        try {
            return OptionalLong.of(IntegerPattern.value(text, role, arch));
        } catch (IllegalArgumentException e) {
            return switch (role) {
                case DOMAIN, TYPE, PROTOCOL -> throw e;
                default -> OptionalLong.empty(); // a text shown for a pointer, which compares with no number
            };
        }
    }

    /** The raw arguments of a call up to the last that is known. */
    static List<Optional<String>> write(Call call) {
        List<Optional<String>> texts = new ArrayList<>();
        int unknown = 0;
        for (OptionalLong argument : call.args()) {
            if (argument.isEmpty()) {
                unknown++;
            } else {
                for (; unknown > 0; unknown--) {
                    texts.add(Optional.empty());
                }
                texts.add(Optional.of(Long.toUnsignedString(argument.getAsLong())));
            }
        }
        return texts;
    }
}
