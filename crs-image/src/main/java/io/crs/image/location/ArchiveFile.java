package io.crs.image.location;

import io.crs.image.InvalidImageException;
import io.crs.image.format.Compression;
import io.crs.image.format.EntryName;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A tar archive on disk, whose entries are found by name and read in any order. */
final class ArchiveFile {
    private static final int MOST_LINKS = 40;

    /** Where the content of an entry lies. */
    record Slot(String name, long offset, long size) {}

    private final Path file;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private ArchiveFile(Path file) {
        this.file = file;
    }

    /** Reads the headers of an archive; contents are skipped, not read. */
    static ArchiveFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidImageException(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        ArchiveFile archive = new ArchiveFile(file);
        try (InputStream in = archive.open(new Slot("", 0, Files.size(file)))) {
            byte[] head = in.readNBytes(4);
            if (Compression.of(head) != Compression.NONE) {
                throw new InvalidImageException(
                        file + " is compressed as a whole: decompress it first (gunzip, unzstd)");
            }
        }
        try (InputStream in = archive.open(new Slot("", 0, Files.size(file)))) {
            TarReader tar = new TarReader(in, Limits.ARCHIVE_ENTRIES);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                archive.add(entry);
            }
        } catch (MalformedException e) {
            throw new InvalidImageException(file + ": " + e.getMessage(), e);
        }
        return archive;
    }

    Path path() {
        return file;
    }

    /** Finds a file by name, through the archive's own links, which never lead out of it. */
    Optional<Slot> find(String name) {
        String path = normal(name);
        for (int i = 0; i < MOST_LINKS; i++) {
            Slot slot = slots.get(path);
            if (slot != null) {
                return Optional.of(slot);
            }
            String target = links.get(path);
            if (target == null) {
                return Optional.empty();
            }
            path = target;
        }
        return Optional.empty();
    }

    /** Returns the files whose names begin so, links among them, in the order of the names. */
    List<Slot> under(String prefix) {
        TreeSet<String> names = new TreeSet<>(slots.keySet());
        names.addAll(links.keySet());
        return names.tailSet(prefix).stream()
                .takeWhile(name -> name.startsWith(prefix))
                .flatMap(name -> find(name).stream().map(slot -> new Slot(name, slot.offset(), slot.size())))
                .toList();
    }

    InputStream open(Slot slot) throws IOException {
        return new SliceInput(FileChannel.open(file), slot.offset(), slot.size());
    }

    /** Reads a file whole. */
    byte[] bytes(Slot slot, int limit) throws IOException {
        if (slot.size() > limit) {
            throw new InvalidImageException(
                    slot.name() + " in " + file + " has " + slot.size() + " bytes, the limit is " + limit);
        }
        try (InputStream in = open(slot)) {
            return in.readAllBytes();
        }
    }

    private void add(TarEntry entry) {
        String name = normal(entry.name());
        slots.remove(name);
        links.remove(name);
        switch (entry.kind()) {
            case FILE -> slots.put(name, new Slot(name, entry.offset(), entry.size()));
            case HARD_LINK -> links.put(name, normal(entry.link()));
            case SYMBOLIC_LINK -> {
                String folder = name.contains("/") ? name.substring(0, name.lastIndexOf('/') + 1) : "";
                links.put(name, normal(entry.link().startsWith("/") ? entry.link() : folder + entry.link()));
            }
            default -> {}
        }
    }

    private static String normal(String name) {
        return EntryName.path(name).substring(1);
    }
}
