package io.crs.benchmark.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A layer being written: files in folders, most of them small, one in eight executable, about half of the bytes as
 * compressible as programs and texts and the rest not at all.
 */
final class FilledLayer implements AutoCloseable {
    private static final int POOL = 16 << 20;
    private static final int MOST = 4 << 20;

    private final TarArchiveOutputStream tar;
    private final SplittableRandom random;
    private final int number;
    private final Set<String> folders = new HashSet<>();
    private final byte[] noise = new byte[POOL];
    private final byte[] text = new byte[POOL];

    FilledLayer(OutputStream out, int number) {
        this.tar = new TarArchiveOutputStream(out);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        this.random = new SplittableRandom(number);
        this.number = number;
        random.nextBytes(noise);
        byte[][] words = new byte[1024][];
        for (int i = 0; i < words.length; i++) {
            words[i] = new byte[4 + random.nextInt(12)];
            random.nextBytes(words[i]);
        }
        for (int at = 0; at < POOL; ) {
            byte[] word = words[random.nextInt(words.length)];
            int length = Math.min(word.length, POOL - at);
            System.arraycopy(word, 0, text, at, length);
            at += length;
        }
    }

    /** Adds files of this machine, under the names they have here. */
    void addReal(List<String> paths) throws IOException {
        for (String path : paths) {
            byte[] content = Files.readAllBytes(Path.of(path));
            add(path.substring(1), 0755, content, 0, content.length);
        }
    }

    /** Adds files until there are so many bytes. */
    void fill(long bytes) throws IOException {
        long left = bytes;
        for (int i = 0; left > 0; i++) {
            int size = (int) Math.min(left, size());
            byte[] pool = random.nextInt(100) < 55 ? text : noise;
            String name = "usr/share/layer-" + number + "/" + i / 64 + "/file-" + i;
            add(name, i % 8 == 0 ? 0755 : 0644, pool, random.nextInt(POOL - size + 1), size);
            left -= size;
        }
    }

    /** From 256 bytes on, each doubling a little less likely than the one before. */
    private int size() {
        int size = 256;
        while (size < MOST && random.nextInt(100) < 65) {
            size *= 2;
        }
        return size + random.nextInt(size);
    }

    private void add(String name, int mode, byte[] content, int offset, int length) throws IOException {
        addFolders(name);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setModTime(0);
        entry.setSize(length);
        tar.putArchiveEntry(entry);
        tar.write(content, offset, length);
        tar.closeArchiveEntry();
    }

    private void addFolders(String name) throws IOException {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            if (folders.add(name.substring(0, slash))) {
                TarArchiveEntry entry = new TarArchiveEntry(name.substring(0, slash + 1));
                entry.setMode(0755);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
