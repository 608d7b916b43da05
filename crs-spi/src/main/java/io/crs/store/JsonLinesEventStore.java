package io.crs.store;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A store in one file: the events' own lines, one after the other. A batch is durable when it is on the disk.
 *
 * <p>It is meant for one host and some millions of events: the ids of all are held in memory, and finding reads the
 * file. One process has it open at a time. Half a line that a crash left at the end goes when it is opened; a line
 * that is no event refuses to open, since somebody else has written to the file. A file of the same name with {@code .lock} after it keeps other
 * processes out.
 */
public final class JsonLinesEventStore implements EventStore {
    private final Path path;
    private final FileChannel channel;
    private final FileChannel lock;
    private final Set<String> ids = new HashSet<>();
    private long end;

    private JsonLinesEventStore(Path path, FileChannel channel, FileChannel lock) throws IOException {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
        end = scan(channel.size(), event -> ids.add(event.header().id()));
        channel.truncate(end);
        channel.force(true);
    }

    /**
     * Opens the store in a file, which is made if it does not exist.
     *
     * @throws IOException if it cannot be opened, is open elsewhere, or holds something else
     */
    public static JsonLinesEventStore open(Path path) throws IOException {
        Path file = path.toAbsolutePath();
        FileChannel lock = lock(file);
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                keepName(file);
                return new JsonLinesEventStore(file, channel, lock);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The lock is on a file of its own: a process loses the lock of a file with the first channel to it that closes. */
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException(file + " is open already", e);
        }
        channel.close();
        throw new IOException(file + " is open in another process");
    }

    /** Makes the name of a new file as durable as what will be in it. */
    private static void keepName(Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "an absolute path of a file has a parent");
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public synchronized List<Event> append(List<Event> batch) throws IOException {
        check();
        Map<String, Event> added = new LinkedHashMap<>();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Event event : batch) {
            String id = event.header().id();
            if (!ids.contains(id) && added.putIfAbsent(id, event) == null) {
                lines.writeBytes(line(event));
            }
        }
        if (!added.isEmpty()) {
            write(ByteBuffer.wrap(lines.toByteArray()));
            ids.addAll(added.keySet());
        }
        return List.copyOf(added.values());
    }

    private static byte[] line(Event event) {
        byte[] line = (EventJson.write(event) + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > EventJson.LONGEST_LINE) {
            throw new IllegalArgumentException(
                    "the event " + event.header().id() + " has " + line.length + " bytes and could not be read again");
        }
        return line;
    }

    /** Writes after the last line, in the place of what a failed write left there. */
    private void write(ByteBuffer bytes) throws IOException {
        if (channel.size() > end) {
            channel.truncate(end);
        }
        long at = end;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        channel.force(false);
        end = at;
    }

    @Override
    public List<Event> find(Predicate<? super Event> filter, int limit) throws IOException {
        if (limit <= 0) {
            return List.of();
        }
        long size;
        synchronized (this) {
            check();
            size = end;
        }
        // The oldest of those kept is at the head, to go for a newer one.
        PriorityQueue<Event> newest = new PriorityQueue<>(NewestFirst.ORDER.reversed());
        scan(size, event -> {
            if (filter.test(event)) {
                newest.add(event);
                if (newest.size() > limit) {
                    newest.poll();
                }
            }
        });
        List<Event> found = new ArrayList<>(newest);
        found.sort(NewestFirst.ORDER);
        return List.copyOf(found);
    }

    private interface Visitor {
        void visit(Event event);
    }

    /** Visits the events of whole lines in the first bytes of the file; where the last of them ends. */
    private long scan(long size, Visitor visitor) throws IOException {
        // A channel of its own: an interrupt of the thread that asks closes no more than this.
        try (FileChannel reading = FileChannel.open(path, StandardOpenOption.READ);
                InputStream in = new BufferedInputStream(Channels.newInputStream(reading), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long lineStart = 0;
            for (long at = 0; at < size; at++) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                if (next != '\n') {
                    line.write(next);
                    continue;
                }
                visitor.visit(event(line.toByteArray(), lineStart));
                line.reset();
                lineStart = at + 1;
            }
            return lineStart;
        }
    }

    private Event event(byte[] line, long offset) throws IOException {
        try {
            return EventJson.read(line);
        } catch (EventFormatException e) {
            throw new IOException(path + " is not a store of events: at byte " + offset + ", " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized long count() {
        check();
        return ids.size();
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            lock.close();
        }
    }

    private void check() {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the store is closed");
        }
    }
}
