package io.crs.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents connected to one socket, each with the line it is in the middle of; served by one thread. */
final class LineConnections implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LineConnections.class);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final int FIRST_SIZE = 8 << 10;
    /** What one agent may send before the others have their turn. */
    private static final int TURN_BYTES = 64 << 10;
    /** What makes a batch; a turn more at most. */
    private static final int BATCH_BYTES = 512 << 10;

    private final Selector selector;
    private final EventSocket socket;
    private final SelectionKey listening;
    private final int most;
    private final int lineLimit;
    private int connected;

    LineConnections(EventSocket socket, int most, int lineLimit) throws IOException {
        this.socket = socket;
        this.most = most;
        this.lineLimit = lineLimit;
        selector = Selector.open();
        socket.server().configureBlocking(false);
        listening = socket.server().register(selector, SelectionKey.OP_ACCEPT);
    }

    void wake() {
        selector.wakeup();
    }

    boolean run(DeliveryThread delivery) throws IOException {
        while (!delivery.isAbandoned()) {
            boolean stopping = delivery.isStopping();
            if (stopping || !selector.selectedKeys().isEmpty()) {
                selector.selectNow();
            } else {
                selector.select();
            }
            BatchBuilder batch = new BatchBuilder();
            boolean progress = serve(batch, delivery);
            if (!batch.isEmpty()) {
                EventBatch built = batch.build();
                if (!delivery.deliver(built)) {
                    LOG.error(
                            "{} events were read and could not be stored before closing",
                            built.events().size());
                    return false;
                }
            }
            if (stopping && !progress) {
                return true;
            }
        }
        return false;
    }

    /** Gives the agents that have something their turn; false if none had. */
    private boolean serve(BatchBuilder batch, DeliveryThread delivery) {
        boolean progress = false;
        int bytes = 0;
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext() && bytes < BATCH_BYTES) {
            SelectionKey key = keys.next();
            keys.remove();
            if (key == listening) {
                if (!delivery.isStopping()) {
                    accept(delivery);
                }
                continue;
            }
            int read = read(key, batch);
            progress |= read != 0;
            bytes += Math.max(0, read);
        }
        return progress;
    }

    private void accept(DeliveryThread delivery) {
        try {
            SocketChannel agent = socket.server().accept();
            if (agent != null) {
                accepted(agent);
            }
        } catch (IOException e) {
            // No more descriptors, most likely: those who are connected go on, and may make room.
            LOG.warn("an agent could not connect; it will be tried again", e);
            delivery.pause(RETRY);
        }
    }

    private void accepted(SocketChannel agent) throws IOException {
        agent.configureBlocking(false);
        agent.register(selector, SelectionKey.OP_READ, new LineBuffer(FIRST_SIZE, lineLimit));
        if (++connected == most) {
            listening.interestOps(0);
        }
    }

    /** The bytes read; -1 if the agent has gone. */
    private int read(SelectionKey key, BatchBuilder batch) {
        SocketChannel agent = (SocketChannel) key.channel();
        LineBuffer lines = (LineBuffer) key.attachment();
        int bytes = 0;
        try {
            while (bytes < TURN_BYTES) {
                int more = agent.read(lines.room());
                if (more < 0) {
                    end(key);
                    return bytes > 0 ? bytes : -1;
                }
                if (more == 0) {
                    return bytes;
                }
                bytes += more;
                lines.filled(more);
                lines.take(batch);
            }
        } catch (IOException e) {
            LOG.debug("an agent's connection broke", e);
            end(key);
        }
        return bytes;
    }

    private void end(SelectionKey key) {
        key.cancel();
        closeQuietly(key.channel());
        connected--;
        if (listening.isValid()) {
            listening.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    private static void closeQuietly(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("an agent's connection did not close well", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key != listening) {
                closeQuietly(key.channel());
            }
        }
        selector.close();
    }
}
