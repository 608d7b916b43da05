package io.crs.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A listening Unix socket and its file, which goes when it is closed. */
final class EventSocket implements Closeable {
    private final ServerSocketChannel server;
    private final Path path;
    private final Optional<Object> file;

    private EventSocket(ServerSocketChannel server, Path path) throws IOException {
        this.server = server;
        this.path = path;
        this.file = key(path);
    }

    ServerSocketChannel server() {
        return server;
    }

    static EventSocket bind(Path path, Set<PosixFilePermission> permissions) throws IOException {
        makeFolder(Objects.requireNonNull(path.getParent(), "an absolute path of a socket has a parent"));
        removeLeftBehind(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            // Until here only the owner could connect: others lack the right to write under any usual umask.
            Files.setPosixFilePermissions(path, permissions);
            return new EventSocket(server, path);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path above = folder.getParent();
        if (above != null) {
            makeFolder(above);
        }
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void removeLeftBehind(Path path) throws IOException {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!found.isOther()) {
            throw new FileAlreadyExistsException(path.toString(), null, "it is not a socket");
        }
        if (answers(path)) {
            throw new FileAlreadyExistsException(path.toString(), null, "somebody answers on this socket");
        }
        Files.deleteIfExists(path);
    }

    private static boolean answers(Path path) {
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Object> key(Path path) throws IOException {
        try {
            return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Closes the socket, and removes its file if it is still the one that was made. */
    @Override
    public void close() throws IOException {
        server.close();
        if (file.isPresent() && key(path).equals(file)) {
            Files.deleteIfExists(path);
        }
    }
}
