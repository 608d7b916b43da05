package io.crs.cli;

import io.crs.image.Digest;
import io.crs.image.registry.Transfer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How transfers go, in one line that a person watches. */
final class TransferProgress implements Consumer<Transfer> {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final Terminal terminal;
    private final Map<Digest, Transfer> transfers = new HashMap<>();
    private long shown = System.nanoTime() - PAUSE;

    TransferProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void accept(Transfer transfer) {
        transfers.put(transfer.digest(), transfer);
        boolean all = transfers.values().stream().allMatch(Transfer::isComplete);
        long now = System.nanoTime();
        if (all || now - shown >= PAUSE) {
            shown = now;
            terminal.err().print("\r" + line() + (all ? "\n" : ""));
            terminal.err().flush();
        }
    }

    private String line() {
        long bytes = 0;
        long size = 0;
        for (Transfer each : transfers.values()) {
            bytes += each.bytes();
            size += each.size();
        }
        long there = transfers.values().stream()
                .filter(each -> each.direction() == Transfer.Direction.THERE)
                .count();
        return String.format(
                Locale.ROOT,
                "crs: %d blobs, %.1f of %.1f MiB%s   ",
                transfers.size(),
                bytes / 1048576.0,
                size / 1048576.0,
                there == 0 ? "" : ", " + there + " there already");
    }
}
