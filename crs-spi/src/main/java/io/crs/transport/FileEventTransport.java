package io.crs.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a file an agent appends events to.
 *
 * <p>The file need not exist yet. A line whose end has not been written waits for it. When the file is renamed and a
 * new one appears in its place, the old one is read to its end first; when it is truncated or written anew, reading
 * begins at its start. It goes on at the position it was given, also in a file renamed meanwhile, as long as that lies
 * in the same folder under a name that begins with the old one. Two rotations between two looks lose the file between
 * them; the holes in the sequence numbers show it.
 *
 * <p>The folder belongs to those who are trusted: whoever can put a named pipe in the file's place can hold this up.
 */
public final class FileEventTransport implements EventTransport {
    private static final Logger LOG = LoggerFactory.getLogger(FileEventTransport.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path path;
    private final Optional<Path> positionFile;
    private final Duration poll;
    private final int lineLimit;
    private final AtomicReference<@Nullable FilePosition> position;
    private @Nullable DeliveryThread thread;
    private boolean closed;

    private FileEventTransport(Builder builder) {
        path = builder.path.toAbsolutePath();
        positionFile = builder.positionFile;
        poll = builder.poll;
        lineLimit = builder.lineLimit;
        position = new AtomicReference<>(builder.from);
    }

    /** Follows a file from its start. */
    public static FileEventTransport of(Path path) {
        return builder(path).build();
    }

    /** Follows a file, to be described further. */
    public static Builder builder(Path path) {
        return new Builder(path);
    }

    /** How far the file has been taken: where to go on another time; empty if nothing was. */
    public Optional<FilePosition> position() {
        return Optional.ofNullable(position.get());
    }

    @Override
    public synchronized void start(EventReceiver receiver) throws IOException {
        if (thread != null || closed) {
            throw new IllegalStateException("a transport is started once");
        }
        if (positionFile.isPresent() && position.get() == null) {
            position.set(FilePosition.load(positionFile.get()).orElse(null));
        }
        DeliveryThread delivery = new DeliveryThread("crs-events " + path.getFileName(), receiver, () -> {});
        thread = delivery;
        delivery.start(() -> run(delivery));
    }

    private boolean run(DeliveryThread delivery) throws IOException {
        boolean complained = false;
        try (FollowedFile file = new FollowedFile(path, lineLimit, position.get())) {
            while (!delivery.isAbandoned()) {
                boolean progress = false;
                try {
                    progress = step(file, delivery);
                    complained = false;
                } catch (IOException e) {
                    if (!complained) {
                        LOG.warn("{} cannot be read; it will be tried again", path, e);
                    }
                    complained = true;
                }
                if (!progress && delivery.isStopping()) {
                    return !complained;
                }
                if (!progress) {
                    delivery.pause(poll);
                }
            }
        }
        return false;
    }

    /** Delivers what one look at the file finds; false if there was nothing. */
    private boolean step(FollowedFile file, DeliveryThread delivery) throws IOException {
        BatchBuilder batch = new BatchBuilder();
        boolean progress = file.read(batch);
        if (!batch.isEmpty() && !delivery.deliver(batch.build())) {
            return false;
        }
        if (progress) {
            acknowledge(file.position());
        }
        return progress;
    }

    private void acknowledge(FilePosition taken) {
        position.set(taken);
        if (positionFile.isEmpty()) {
            return;
        }
        try {
            taken.save(positionFile.get());
        } catch (IOException e) {
            // The events are safe; without the position some of them come twice another time.
            LOG.warn("the position in {} cannot be kept in {}", path, positionFile.get(), e);
        }
    }

    @Override
    public boolean drain(Duration timeout) {
        DeliveryThread delivery = end();
        return delivery == null || delivery.drain(timeout);
    }

    @Override
    public void close() {
        DeliveryThread delivery = end();
        if (delivery != null) {
            delivery.close();
        }
    }

    private synchronized @Nullable DeliveryThread end() {
        closed = true;
        return thread;
    }

    /** The description of a file to follow. */
    public static final class Builder {
        private final Path path;
        private Optional<Path> positionFile = Optional.empty();
        private @Nullable FilePosition from;
        private Duration poll = POLL;
        private int lineLimit = BatchBuilder.LONGEST_LINE;

        private Builder(Path path) {
            this.path = path;
        }

        /** Goes on where an earlier transport was; otherwise, and if that file is gone, at the start. */
        public Builder from(FilePosition position) {
            from = position;
            return this;
        }

        /** Keeps the position in a file of its own after every batch, and goes on there. */
        public Builder positionFile(Path file) {
            positionFile = Optional.of(file);
            return this;
        }

        /** Looks for more this often when there was none; 100 ms otherwise. */
        public Builder pollEvery(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("the time between two looks is more than " + time);
            }
            poll = time;
            return this;
        }

        /** Rejects lines of more bytes than this; 4 KiB less than 1 MiB otherwise, and at most. */
        public Builder lineLimit(int bytes) {
            if (bytes < 1 || bytes > BatchBuilder.LONGEST_LINE) {
                throw new IllegalArgumentException(
                        "the limit of a line is 1 to " + BatchBuilder.LONGEST_LINE + " bytes");
            }
            lineLimit = bytes;
            return this;
        }

        /** The transport, not started. */
        public FileEventTransport build() {
            return new FileEventTransport(this);
        }
    }
}
