package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file an rpm database keeps its packages in: SQLite ({@code rpmdb.sqlite}), ndb ({@code Packages.db}), or Berkeley DB
 * ({@code Packages}). Which it is its first bytes tell, not its name.
 *
 * <p>Every byte of it may be hostile. Heap is bounded: what is longer than a mebibyte lies in a temporary file that is
 * deleted when this is closed. Time is bounded by a budget: links in a file that go in circles, or that make many packages
 * share one long content, use it up. Not safe for use by several threads.
 */
public final class RpmDatabase implements Closeable {
    private static final byte[] NDB = {'R', 'p', 'm', 'P'};
    private static final byte[] SQLITE = {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', 0};
    private static final int HEAD = 16;

    private final RandomBytes bytes;

    private RpmDatabase(RandomBytes bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads a file to its end.
     *
     * @param content the file, which is not closed
     * @param limit how many bytes it may have
     * @throws MalformedException if it is longer than the limit
     */
    public static RpmDatabase open(InputStream content, long limit) throws IOException {
        return new RpmDatabase(RandomBytes.of(content, limit));
    }

    /**
     * Returns the packages of some names; one name may be installed for several architectures.
     *
     * @throws MalformedException if the database is damaged
     */
    public List<RpmPackage> packages(Set<String> names) throws IOException {
        List<RpmPackage> found = new ArrayList<>();
        Headers headers = (header, size) -> {
            Optional<RpmPackage> read = RpmHeader.read(header, size, names);
            read.ifPresent(found::add);
            return read.isPresent();
        };
        if (bytes.size() > 0) {
            eachPackage(headers);
        }
        return List.copyOf(found);
    }

    private void eachPackage(Headers headers) throws IOException {
        byte[] head = bytes.bytes(0, HEAD);
        if (startsWith(head, SQLITE)) {
            new SqliteFile(bytes).eachPackage(headers);
        } else if (startsWith(head, NDB)) {
            new NdbFile(bytes).eachPackage(headers);
        } else {
            Optional<ByteOrder> order = BerkeleyHash.order(head);
            if (order.isEmpty()) {
                throw new MalformedException("rpm: the file is of neither SQLite, ndb nor Berkeley DB");
            }
            new BerkeleyHash(bytes, order.get()).eachPackage(headers);
        }
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }

    /** What is done with the header of each package. */
    @FunctionalInterface
    interface Headers {
        /**
         * Reads a header.
         *
         * @return whether it is of a package that is looked for
         */
        boolean add(InputStream header, long size) throws IOException;
    }

    private static boolean startsWith(byte[] head, byte[] magic) {
        return java.util.Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
