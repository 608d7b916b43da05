package io.crs.event;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a call was about: a file, a socket's peer, a process or a host name.
 *
 * @param kind which of these
 * @param name the host name that was asked for
 * @param requested the path as the process gave it, made absolute
 * @param path the file the path led to; a socket's path
 * @param op what was done, such as {@code read}, {@code write}, {@code execute}, {@code connect}
 * @param address the peer's address as RFC 5952 spells it
 * @param port the peer's port
 * @param localPort the port on this side
 * @param direction who began
 */
public record EventObject(
        Kind kind,
        Optional<EventText> name,
        Optional<EventText> requested,
        Optional<EventText> path,
        Optional<String> op,
        Optional<String> address,
        OptionalInt port,
        OptionalInt localPort,
        Optional<Direction> direction) {
    /** Checks that nothing is null. */
    public EventObject {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(requested, "requested");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(port, "port");
        Objects.requireNonNull(localPort, "localPort");
        Objects.requireNonNull(direction, "direction");
    }

    /** What an object is. */
    public enum Kind {
        /** A file or folder. */
        FILE,
        /** A peer on a network, or a socket in the file system. */
        SOCKET,
        /** Another process. */
        PROCESS,
        /** A host name. */
        NAME
    }

    /** Who began a connection. */
    public enum Direction {
        /** The peer. */
        INBOUND,
        /** This process. */
        OUTBOUND
    }

    /** A file known by its path alone. */
    public static EventObject file(String path) {
        return new EventObject(
                Kind.FILE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(EventText.of(path)),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }
}
