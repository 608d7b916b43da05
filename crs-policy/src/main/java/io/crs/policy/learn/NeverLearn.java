package io.crs.policy.learn;

import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is never learned: the files of {@code never-learn.txt} and those of the caller. Immutable.
 *
 * <p>A pattern that begins with {@code *} could be anywhere. Every other pattern with a {@code *} meets it somewhere, as
 * {@code *} is any run of characters, so it can only forbid names; the rest forbid every pattern that meets them.
 */
final class NeverLearn {
    private static final String RESOURCE = "never-learn.txt";

    private final Map<Kind, List<Entry>> files = new EnumMap<>(Kind.class);
    private final List<IpAddress> addresses = new ArrayList<>();

    /** A pattern, with how every name that matches begins and the longest text it has in it: most are passed over fast. */
    private record Entry(Glob glob, String prefix, String text, boolean anywhere) {
        static Entry of(String pattern) {
            Glob glob = Glob.of(pattern);
            return new Entry(
                    glob,
                    glob.literalPrefix(),
                    Arrays.stream(pattern.split("[*?]|\\\\."))
                            .max(Comparator.comparingInt(String::length))
                            .orElse(""),
                    pattern.startsWith("*"));
        }

        boolean matches(String name) {
            return name.startsWith(prefix) && name.contains(text) && glob.matches(name);
        }
    }

    /**
     * The list.
     *
     * @param more patterns of further files, not to be learned for any access
     */
    NeverLearn(Collection<String> more) {
        for (Kind kind : Kind.values()) {
            files.put(kind, new ArrayList<>());
        }
        lines().forEach(line -> add(
                line.substring(0, line.indexOf(' ')),
                line.substring(line.indexOf(' ')).strip()));
        more.forEach(pattern -> add("rwx", pattern));
    }

    private static List<String> lines() {
        try (InputStream in = NeverLearn.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not beside NeverLearn");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String letters, String pattern) {
        for (Kind kind : Kind.values()) {
            if (letters.indexOf(kind.letter) < 0) {
                continue;
            }
            if (kind.hasPath()) {
                files.getOrDefault(kind, List.of()).add(Entry.of(pattern));
            } else {
                addresses.add(IpAddress.parse(pattern)
                        .orElseThrow(() -> new IllegalStateException(RESOURCE + ": " + pattern + " is no address")));
            }
        }
    }

    /** Whether a file is on the list. */
    boolean holds(Kind kind, String name) {
        for (Entry entry : files.getOrDefault(kind, List.of())) {
            if (entry.matches(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a pattern matches some name that is on the list for its place; the two are compared exactly. */
    boolean meets(Kind kind, Glob pattern) {
        return files.getOrDefault(kind, List.of()).stream()
                .anyMatch(entry -> !entry.anywhere && entry.glob.intersects(pattern));
    }

    /** Whether a pattern matches an address on the list. */
    boolean meets(AddressPattern pattern) {
        return addresses.stream().anyMatch(pattern::matches);
    }
}
