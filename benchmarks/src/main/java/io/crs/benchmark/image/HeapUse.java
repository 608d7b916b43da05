package io.crs.benchmark.image;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.crs.agent.HookProvider;
import io.crs.image.inspect.FactCache;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.registry.RegistryAccess;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** How much of its heap a process uses that instruments one image. */
public final class HeapUse {
    private HeapUse() {}

    /**
     * Instruments, and prints the most bytes in use at any time, garbage included, and the most that a collection left.
     *
     * @param arguments the image, the new image, and the folder of what is known of layers
     */
    public static void main(String[] arguments) throws IOException, NotInstrumentableException {
        AtomicLong left = new AtomicLong();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, none) -> left.accumulateAndGet(
                                    afterCollection((CompositeData) notification.getUserData()), Math::max),
                            null,
                            null);
        }
        RegistryAccess access = RegistryAccess.builder().plainHttp().build();
        Instrumenter instrumenter = Instrumenter.builder()
                .agents(HookProvider.of(HookProvider.installed()))
                .cache(FactCache.folder(Path.of(arguments[2]), 1L << 30))
                .build();
        Appending.location(arguments[1], access)
                .write(instrumenter.instrument(
                        Appending.location(arguments[0], access).readAll()));
        long most = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            most += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
        }
        System.gc();
        System.out.println(most + " " + left.get());
    }

    private static long afterCollection(CompositeData data) {
        return GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                .filter(entry -> isHeap(entry.getKey()))
                .mapToLong(entry -> entry.getValue().getUsed())
                .sum();
    }

    private static boolean isHeap(String pool) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .anyMatch(each -> each.getName().equals(pool) && each.getType() == MemoryType.HEAP);
    }
}
