package io.crs.benchmark;

import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** The rules and the calls that decisions are measured with: all sides get the same. */
final class Decided {
    /** The program of all calls. */
    static final String PROGRAM = "/usr/bin/cat";

    /** So many different calls are made in turn, so that no processor learns them by heart. */
    static final int CALLS = 1024;

    private static final int PATH_LENGTH = 40;
    private static final String TAIL = "abcdefghijklmnopqrstuvwxyz";

    private Decided() {}

    /** The folders that the rules name, one a rule. */
    static List<String> folders(int rules) {
        return IntStream.range(0, rules)
                .mapToObj(i -> String.format(Locale.ROOT, "/srv/tenants/%05d/data/", i))
                .toList();
    }

    /** Paths of 40 bytes, each below one of the folders. */
    static String[] paths(int rules) {
        List<String> folders = folders(rules);
        Random random = new Random(20261122);
        String[] paths = new String[CALLS];
        Arrays.setAll(paths, i -> {
            String folder = folders.get(random.nextInt(rules));
            return folder + TAIL.substring(0, PATH_LENGTH - folder.length());
        });
        return paths;
    }

    /** One rule a folder, that denies to read what is below it. */
    static Policy prefixes(int rules) {
        return policy(folders(rules).stream().map(folder -> folder + "*").toList());
    }

    /** Patterns with a star in the middle, and the same begin. */
    static Policy middles(int rules) {
        return policy(IntStream.range(0, rules)
                .mapToObj(i -> String.format(Locale.ROOT, "/srv/*/%05d/*.conf", i))
                .toList());
    }

    /** Patterns with a star on either side, all of which may match one path: no automaton can tell them apart. */
    static Policy contained(int rules) {
        return policy(IntStream.range(0, rules)
                .mapToObj(i -> String.format(Locale.ROOT, "*/%05d/*", i))
                .toList());
    }

    private static Policy policy(List<String> patterns) {
        PolicyBuilder policy = Policy.named("measured").mode(PolicyMode.ACTIVE);
        for (int i = 0; i < patterns.size(); i++) {
            policy.rule(Rule.read(patterns.get(i)).named("rule " + i).deny());
        }
        return policy.build();
    }
}
