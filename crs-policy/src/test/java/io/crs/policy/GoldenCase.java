package io.crs.policy;

import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * One folder of {@code src/test/resources/golden}: a policy, calls, and what it says about each. Every way to decide must
 * say the same.
 *
 * <p>{@code policy.json}, {@code calls.jsonl}, {@code decisions.jsonl} line by line, and {@code options.properties} with
 * {@code arch} where it is not x86_64. All events are logged.
 *
 * @param name the folder's name
 * @param policy the policy
 * @param arch the architecture
 * @param calls the calls
 * @param decisions the decisions, as JSON
 */
public record GoldenCase(String name, Policy policy, Arch arch, List<Call> calls, List<String> decisions) {
    /** What says how a policy decides a call. */
    public interface Decider {
        /** The decision on a call. */
        Decision decide(Call call);
    }

    /** All folders, by name. */
    public static List<GoldenCase> all() {
        URL folder = Objects.requireNonNull(GoldenCase.class.getResource("/golden"), "the golden folders are missing");
        try (Stream<Path> folders = Files.list(Path.of(folder.toURI()))) {
            return folders.sorted().map(GoldenCase::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GoldenCase read(Path folder) {
        try {
            Arch arch = arch(folder.resolve("options.properties"));
            List<Call> calls = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve("calls.jsonl"))) {
                calls.add(Call.read(line, arch));
            }
            return new GoldenCase(
                    folder.getFileName().toString(),
                    Policy.read(folder.resolve("policy.json")),
                    arch,
                    calls,
                    Files.readAllLines(folder.resolve("decisions.jsonl")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidPolicyException | InvalidCallException e) {
            throw new IllegalStateException(folder + ": " + e.getMessage(), e);
        }
    }

    private static Arch arch(Path options) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(options)) {
            try (InputStream in = Files.newInputStream(options)) {
                properties.load(in);
            }
        }
        return Arch.of(properties.getProperty("arch", Arch.X86_64.id())).orElseThrow();
    }

    /** The calls on which a decider says something else, each with both decisions; empty if it agrees. */
    public List<String> differences(Decider decider) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(calls.size(), decisions.size()); i++) {
            String expected = i < decisions.size() ? decisions.get(i) : "(no decision)";
            String found = i < calls.size() ? decider.decide(calls.get(i)).toJson() : "(no call)";
            if (!found.equals(expected)) {
                String call = i < calls.size() ? calls.get(i).toJson(arch) : "";
                differences.add(
                        name + " line " + (i + 1) + " " + call + "\n  expected " + expected + "\n  found    " + found);
            }
        }
        return differences;
    }

    @Override
    public String toString() {
        return name;
    }
}
