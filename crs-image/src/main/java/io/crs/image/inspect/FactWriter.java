package io.crs.image.inspect;

import io.crs.image.format.TarAttributes;
import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Folder;
import io.crs.image.inspect.Facts.Installed;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Preloads;
import io.crs.image.inspect.Facts.Release;
import io.crs.image.inspect.Facts.Script;
import io.crs.image.inspect.Facts.Unreadable;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;

/** A {@link FactRecord} being made, entry by entry. */
final class FactWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes));
    private byte[] last = new byte[0];

    void add(LayerEntry entry) throws IOException {
        if (bytes.size() > FactRecord.MOST_BYTES) {
            return;
        }
        TarEntry header = entry.header();
        boolean isRead = FileTree.isInteresting(header) || entry.learned();
        long size = isRead ? header.size() : 0;
        boolean more = size > 0
                || !header.link().isEmpty()
                || header.capabilities()
                || !entry.digest().isEmpty()
                || entry.learned()
                || entry.facts().isPresent();
        out.writeByte(more ? FactRecord.WHOLE : FactRecord.PLAIN);
        name(header.name());
        out.writeByte(FactRecord.KINDS.indexOf(header.kind()));
        out.writeShort(header.mode());
        if (more) {
            out.writeLong(size);
            text(header.link());
            out.writeBoolean(header.capabilities());
            text(entry.digest());
            out.writeBoolean(entry.learned());
            facts(entry.facts().orElse(null));
        }
    }

    /** Returns the record, or empty if it is too long to be kept. */
    Optional<byte[]> finish() throws IOException {
        out.writeByte(FactRecord.END);
        out.close();
        if (bytes.size() > FactRecord.MOST_BYTES) {
            return Optional.empty();
        }
        byte[] deflated = bytes.toByteArray();
        byte[] record = Arrays.copyOf(FactRecord.sum(deflated, 0), FactRecord.SUM + deflated.length);
        System.arraycopy(deflated, 0, record, FactRecord.SUM, deflated.length);
        return Optional.of(record);
    }

    private void name(String name) throws IOException {
        byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
        int shared = 0;
        while (shared < raw.length && shared < last.length && raw[shared] == last[shared]) {
            shared++;
        }
        number(shared);
        number(raw.length - shared);
        out.write(raw, shared, raw.length - shared);
        last = raw;
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
    private void number(int number) throws IOException {
        int left = number;
        while (left >= 0x80) {
            out.writeByte((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.writeByte(left);
    }

    private void text(String text) throws IOException {
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(raw.length);
        out.write(raw);
    }

    private void facts(@Nullable Facts facts) throws IOException {
        if (facts == null) {
            out.writeByte(0);
        } else if (facts instanceof Elf elf) {
            out.writeByte(1);
            out.writeInt(elf.machine());
            out.writeBoolean(elf.shared());
            text(elf.interpreter());
            out.writeBoolean(elf.dynamic());
            text(elf.go());
        } else if (facts instanceof Script script) {
            texts(2, script.interpreter(), script.argument());
        } else if (facts instanceof CLibrary library) {
            texts(3, library.kind(), library.version(), library.revision());
        } else if (facts instanceof Release release) {
            texts(4, release.id(), release.version());
        } else if (facts instanceof Packages packages) {
            out.writeByte(5);
            out.writeInt(packages.installed().size());
            for (Installed each : packages.installed()) {
                text(each.name());
                text(each.version());
                text(each.architecture());
            }
        } else if (facts instanceof Unreadable unreadable) {
            texts(6, unreadable.why());
        } else if (facts instanceof Folder folder) {
            out.writeByte(7);
            attributes(folder.attributes());
        } else if (facts instanceof Preloads preloads) {
            texts(8, preloads.content());
        }
    }

    private void attributes(TarAttributes attributes) throws IOException {
        out.writeLong(attributes.uid());
        out.writeLong(attributes.gid());
        Instant time = attributes.time();
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
        out.writeInt(attributes.extended().size());
        for (Map.Entry<String, String> each : attributes.extended().entrySet()) {
            text(each.getKey());
            text(each.getValue());
        }
    }

    private void texts(int kind, String... texts) throws IOException {
        out.writeByte(kind);
        for (String text : texts) {
            text(text);
        }
    }
}
