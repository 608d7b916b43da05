package io.crs.host;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A decision table as the agent reads it: the agent's own C code, called in this process.
 *
 * <p>Tables and calls come as bytes, in the layouts of {@code docs/table-format.md}. Safe for all threads; a table that
 * is closed says so instead of deciding.
 */
public final class NativeDecisionTable implements AutoCloseable {
    private static final int DECISION_SIZE = 16;
    private static final int ERROR_SIZE = 128;
    private static final int NAME_ROOM = 4096;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable Pointer handle;

    private NativeDecisionTable(Pointer handle) {
        this.handle = handle;
    }

    /** The functions of libcrs-table.so; loaded when first needed. */
    private static final class Library {
        static {
            NativeLibrary library = load();
            Native.register(Library.class, library);
        }

        private static NativeLibrary load() {
            try {
                File file = Native.extractFromResourcePath("crs-table", NativeDecisionTable.class.getClassLoader());
                NativeLibrary library = NativeLibrary.getInstance(file.getAbsolutePath());
                // JNA unpacks what lies in a jar to a file of its own, which is not needed once it is mapped.
                if (file.getName().startsWith("jna") && !file.delete()) {
                    file.deleteOnExit();
                }
                return library;
            } catch (IOException e) {
                throw new UnsupportedOperationException(
                        "there is no native decision table for " + Platform.RESOURCE_PREFIX, e);
            }
        }

        private Library() {}

        static native @Nullable Pointer crs_jna_open(byte[] bytes, long length, byte[] error);

        static native int crs_jna_decide(Pointer handle, byte[] call, long length, byte[] decision);

        static native int crs_jna_rule_name(Pointer handle, int rule, byte[] name, long room);

        static native void crs_jna_close(Pointer handle);
    }

    /** Whether this platform has the native code. */
    public static boolean isSupported() {
        String resource = Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("crs-table");
        return NativeDecisionTable.class.getClassLoader().getResource(resource) != null;
    }

    /**
     * Opens a table, of which a copy is made.
     *
     * @throws IllegalArgumentException if the bytes are no sound table; the message says what is wrong, and where
     * @throws UnsupportedOperationException if there is no native code for this platform; the message names it
     */
    public static NativeDecisionTable open(byte[] table) {
        if (!isSupported()) {
            throw new UnsupportedOperationException(
                    "there is no native decision table for " + Platform.RESOURCE_PREFIX);
        }
        byte[] error = new byte[ERROR_SIZE];
        Pointer handle = Library.crs_jna_open(table, table.length, error);
        if (handle == null) {
            throw new IllegalArgumentException(Native.toString(error, StandardCharsets.UTF_8.name()));
        }
        return new NativeDecisionTable(handle);
    }

    /**
     * The decision on a call.
     *
     * @param call a call record
     * @throws IllegalArgumentException if it is no sound call record
     * @throws IllegalStateException if the table is closed
     */
    public NativeDecision decide(byte[] call) {
        byte[] decision = new byte[DECISION_SIZE];
        lock.readLock().lock();
        try {
            Pointer table = opened();
            int error = Library.crs_jna_decide(table, call, call.length, decision);
            if (error < 0) {
                throw new IllegalArgumentException("no sound call record, error " + -error);
            }
            return read(table, ByteBuffer.wrap(decision).order(ByteOrder.LITTLE_ENDIAN));
        } finally {
            lock.readLock().unlock();
        }
    }

    private Pointer opened() {
        if (handle == null) {
            throw new IllegalStateException("the decision table is closed");
        }
        return handle;
    }

    private static NativeDecision read(Pointer table, ByteBuffer bytes) {
        int rule = bytes.getInt(8);
        return new NativeDecision(
                bytes.get(0),
                bytes.get(1) != 0,
                bytes.get(2) != 0,
                bytes.get(5),
                rule < 0 ? Optional.empty() : Optional.of(ruleName(table, rule)),
                bytes.getInt(12),
                bytes.get(3) != 0,
                (bytes.get(4) & 1) != 0,
                (bytes.get(4) & 2) != 0);
    }

    private static String ruleName(Pointer table, int rule) {
        byte[] name = new byte[NAME_ROOM];
        int length = Library.crs_jna_rule_name(table, rule, name, name.length);
        if (length > name.length) {
            name = new byte[length];
            length = Library.crs_jna_rule_name(table, rule, name, name.length);
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    /** Frees the table. Closing again does nothing. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != null) {
                Library.crs_jna_close(handle);
                handle = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
