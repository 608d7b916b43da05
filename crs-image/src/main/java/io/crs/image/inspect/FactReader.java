package io.crs.image.inspect;

import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.Elf;
import io.crs.image.inspect.Facts.Script;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads the facts of a file while its layer streams by.
 *
 * <p>Files are chosen by name and mode alone, and read up to a limit each, so nothing of a layer is kept but small facts.
 * Whoever changes what is read, or what a fact means, changes {@link FactRecord#VERSION} too.
 */
final class FactReader {
    private static final int LIBRARY_BYTES = 32 << 20;
    private static final int HEAD_BYTES = 64 << 10;
    private static final int LONGEST_LINE = 4096;

    private static final Pattern LIBRARY =
            Pattern.compile("libc\\.so(\\.6)?|libc-2\\.[0-9.]+\\.so|(ld|libc)[.-]musl-[A-Za-z0-9_-]+\\.so\\.1");
    private static final Pattern GLIBC = Pattern.compile(
            "GNU C Library \\(([^)\\x00\\n]{0,120})\\) (?:stable|development) release version ([0-9]+\\.[0-9]+(?:\\.[0-9]+)*)");
    private static final Pattern GLIBC_REVISION = Pattern.compile("GLIBC ([0-9][A-Za-z0-9.+~-]*)");
    private static final Pattern MUSL = Pattern.compile("musl libc \\(");
    private static final Pattern MUSL_VERSION =
            Pattern.compile("\\x00([0-9]+\\.[0-9]+\\.[0-9]+)(?:-git-[0-9a-z-]{1,60})?\\x00");
    private static final Pattern GO_BUILD =
            Pattern.compile("\\xff Go buildinf:(?:[\\x00-\\xff]{0,40}?(go1[0-9a-z.]*))?");

    /** The head of the table of functions, which stays where all that names Go was left out. */
    private static final Pattern GO_TABLE =
            Pattern.compile("[\\xf0\\xf1\\xfa\\xfb]\\xff\\xff\\xff\\x00\\x00[\\x01\\x02\\x04][\\x04\\x08]");

    private static final Pattern GO_VERSION = Pattern.compile("go1\\.[0-9]{1,3}\\.[0-9]{1,3}(?![0-9.])");

    private final byte[] head = new byte[HEAD_BYTES];

    /** What a file is read for. */
    enum Purpose {
        RELEASE,
        LIBRARY,
        PACKAGES,
        /** It is read for nothing; that it is there, and how long, is enough. */
        PRESENCE,
        PRELOADS,
        LOADER,
        PROGRAM
    }

    /** Returns what a file of a path is read for, if it is not a program. */
    static Purpose purpose(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (ReleaseFile.isOne(path)) {
            return Purpose.RELEASE;
        }
        // Every name of every image comes by here: the pattern is for those that begin as it does.
        if (name.startsWith("l") && LIBRARY.matcher(name).matches()) {
            return Purpose.LIBRARY;
        }
        if (PackageDatabase.isOne(path)) {
            return Purpose.PACKAGES;
        }
        if (path.endsWith("/rpm/rpmdb.sqlite-wal") || name.startsWith("libgcompat.so")) {
            return Purpose.PRESENCE;
        }
        if (PreloadSearch.isFile(path)) {
            return Purpose.PRELOADS;
        }
        return name.startsWith("ld-") ? Purpose.LOADER : Purpose.PROGRAM;
    }

    /** Returns whether a file is worth remembering although it cannot be executed. */
    static boolean isKnown(String path) {
        return purpose(path) != Purpose.PROGRAM;
    }

    /**
     * Reads what a file says, if it says anything.
     *
     * @param path its path, without links as far as the layer tells
     */
    Optional<Facts> read(String path, TarEntry entry, InputStream content) throws IOException {
        return switch (purpose(path)) {
            case RELEASE -> ReleaseFile.read(path, content).map(Facts.class::cast);
            case LIBRARY -> entry.size() <= LIBRARY_BYTES ? library(content) : Optional.empty();
            case PACKAGES -> Optional.of(PackageDatabase.read(path, entry.size(), content));
            case PRESENCE -> Optional.empty();
            case PRELOADS -> Optional.of(PreloadSearch.read(content));
            case LOADER, PROGRAM -> program(path, content);
        };
    }

    /** Reads the head of a program; one that Go may have made is searched for Go's version. */
    private Optional<Facts> program(String path, InputStream content) throws IOException {
        int length = content.readNBytes(head, 0, HEAD_BYTES);
        if (length > 2 && head[0] == '#' && head[1] == '!') {
            return script(length);
        }
        Optional<ElfHeader> header = ElfHeader.read(head, length);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        Elf elf = header.get().elf();
        boolean isLibrary = path.substring(path.lastIndexOf('/') + 1).contains(".so");
        if (isLibrary || !(elf.isStatic() || header.get().hasGoNote())) {
            return Optional.of(elf);
        }
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head, 0, length), content);
        return Optional.of(elf.madeBy(go(whole, header.get().hasGoNote())));
    }

    /** Returns the version of Go; {@code go} where it is not told, and nothing where Go did not make the program. */
    private static String go(InputStream program, boolean noted) throws IOException {
        List<Optional<MatchResult>> found = ByteScan.first(program, GO_BUILD, GO_TABLE, GO_VERSION);
        Optional<String> told = found.get(0).map(match -> match.group(1));
        if (told.isEmpty() && found.get(1).isPresent()) {
            told = found.get(2).map(MatchResult::group);
        }
        boolean isGo = noted || found.get(0).isPresent() || found.get(1).isPresent();
        return told.orElse(isGo ? "go" : "");
    }

    /** Looks for the banner of a C library. */
    static Optional<Facts> library(InputStream content) throws IOException {
        List<Optional<MatchResult>> found = ByteScan.first(content, GLIBC, MUSL, MUSL_VERSION);
        if (found.get(0).isPresent()) {
            MatchResult banner = found.get(0).get();
            var revision = GLIBC_REVISION.matcher(banner.group(1));
            return Optional.of(new CLibrary("glibc", banner.group(2), revision.find() ? revision.group(1) : ""));
        }
        if (found.get(1).isPresent()) {
            return Optional.of(new CLibrary(
                    "musl", found.get(2).map(version -> version.group(1)).orElse(""), ""));
        }
        return Optional.empty();
    }

    private Optional<Facts> script(int length) {
        int end = 2;
        while (end < length && end < LONGEST_LINE && head[end] != '\n') {
            end++;
        }
        String line = new String(head, 2, end - 2, StandardCharsets.ISO_8859_1).strip();
        int blank = line.indexOf(' ');
        int tab = line.indexOf('\t');
        int cut = blank < 0 ? tab : tab < 0 ? blank : Math.min(blank, tab);
        if (line.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                cut < 0
                        ? new Script(line, "")
                        : new Script(line.substring(0, cut), line.substring(cut).strip()));
    }
}
