package io.crs.image.daemon;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Where an engine takes calls. */
public sealed interface EngineAddress {
    /** The socket an engine has unless told otherwise. */
    String USUAL = "unix:///var/run/docker.sock";

    /**
     * A unix socket.
     *
     * @param socket its absolute path
     */
    record Unix(Path socket) implements EngineAddress {
        @Override
        public String toString() {
            return "unix://" + socket;
        }
    }

    /**
     * A port.
     *
     * @param host a name or an address, without brackets
     * @param port 1 to 65535
     * @param path what goes before the path of every call; empty, or begins with {@code /} and does not end with it
     * @param tls what the engine's certificate is checked with; none for a connection that is not encrypted
     */
    record Tcp(String host, int port, String path, Optional<TlsFiles> tls) implements EngineAddress {
        /** Returns host and port as an URI has them. */
        String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        @Override
        public String toString() {
            return (tls.isPresent() ? "https://" : "tcp://") + authority() + path;
        }
    }

    /**
     * Reads an address as {@code DOCKER_HOST} has it.
     *
     * @param host {@code unix://PATH}, {@code tcp://HOST[:PORT]}, {@code http://…} or {@code https://…}
     * @param tls what a {@code tcp://} engine is checked with; an {@code https://} one without it by what the Java runtime
     *     trusts
     * @throws IllegalArgumentException if it is none of these; the message never repeats a password
     */
    static EngineAddress parse(String host, Optional<TlsFiles> tls) {
        int colon = host.indexOf("://");
        String scheme = colon < 0 ? "" : host.substring(0, colon).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "unix" -> unix(host.substring(colon + 3));
            case "tcp" -> tcp(host, tls.isPresent() ? 2376 : 2375, tls);
            case "http" -> tcp(host, 80, Optional.empty());
            case "https" -> tcp(host, 443, tls.or(() -> Optional.of(TlsFiles.NONE)));
            case "ssh" ->
                throw new IllegalArgumentException("an engine is not spoken to through ssh:// here: forward its socket "
                        + "(ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock USER@HOST) and set "
                        + "DOCKER_HOST=unix:///tmp/docker.sock");
            case "npipe" ->
                throw new IllegalArgumentException(
                        "an engine is not spoken to through npipe:// here: let it listen on a "
                                + "port too and set DOCKER_HOST=tcp://127.0.0.1:2375, or run this where the engine's unix socket is");
            default ->
                throw new IllegalArgumentException(
                        "the address of the Docker Engine begins with none of unix://, tcp://, "
                                + "http:// and https://: set DOCKER_HOST, for example to " + USUAL);
        };
    }

    private static EngineAddress unix(String path) {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "\"unix://" + path + "\" names no socket: write an absolute path, for example " + USUAL);
        }
        return new Unix(Path.of(path));
    }

    private static EngineAddress tcp(String text, int usualPort, Optional<TlsFiles> tls) {
        // Before anything repeats the text in a message.
        if (text.indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    "the address of the Docker Engine has a user in it, whom no engine asks for:"
                            + " it knows its callers by their certificates (DOCKER_CERT_PATH)");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the address of the Docker Engine is no URI: " + e.getMessage(), e);
        }
        String host = uri.getHost();
        if (host == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no address of a Docker Engine: write tcp://HOST:PORT");
        }
        int port = uri.getPort() < 0 ? usualPort : uri.getPort();
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("\"" + text + "\" has no port from 1 to 65535");
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        return new Tcp(name, port, path, tls);
    }
}
