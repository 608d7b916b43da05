package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kernel with AppArmor does under a profile, straight from its text: apparmor.d(5) for the language (denials go
 * first, a link must not have more rights than what it leads to), the hooks of the kernel's module for what is asked.
 */
final class AppArmorSimulator implements Simulator {
    private static final Pattern FILE = Pattern.compile("  (deny |audit )?\"([^\"]+)\" ([rwlmkix]+),");
    private static final Pattern WORD = Pattern.compile("  (deny |audit )?([a-z_]+(?: [a-z0-9]+)?),");
    private static final Map<String, String> WORDS =
            Map.of("mount", "mount", "umount2", "umount", "pivot_root", "pivot_root", "ptrace", "ptrace");

    private record FileRule(String qualifier, AppArmorPattern pattern, String permissions) {}

    private record WordRule(String qualifier, String word) {}

    private final List<FileRule> files = new ArrayList<>();
    private final List<WordRule> words = new ArrayList<>();
    private final boolean complains;

    AppArmorSimulator(String profile) {
        List<String> lines =
                profile.lines().dropWhile(line -> line.startsWith("#")).toList();
        Matcher head =
                Pattern.compile("profile [a-z0-9-]+ flags=\\(([a-z_,]+)\\) \\{").matcher(lines.get(0));
        if (!head.matches() || !lines.get(lines.size() - 1).equals("}")) {
            throw new AssertionError("no profile: " + profile);
        }
        complains = List.of(head.group(1).split(",")).contains("complain");
        for (String line : lines.subList(1, lines.size() - 1)) {
            Matcher file = FILE.matcher(line);
            Matcher word = WORD.matcher(line);
            if (file.matches()) {
                files.add(new FileRule(qualifier(file), new AppArmorPattern(file.group(2)), file.group(3)));
            } else if (word.matches()) {
                words.add(new WordRule(qualifier(word), word.group(2)));
            } else {
                throw new AssertionError("no rule: " + line);
            }
        }
        if (words.stream().anyMatch(rule -> rule.word.equals("file"))) {
            files.add(new FileRule("", new AppArmorPattern("/{,**}"), "rwlmkix"));
        }
    }

    private static String qualifier(Matcher rule) {
        return rule.group(1) == null ? "" : rule.group(1).strip();
    }

    @Override
    public Action effect(Call call) {
        Action effect = Action.ALLOW;
        if (FileAccess.executes(call)) {
            effect = permission(FileAccess.name(call), "x");
        } else if (call.syscall().operation() == OperationClass.LINK) {
            effect = link(FileAccess.name(call), FileAccess.newName(call));
        } else {
            for (FileAccess access : FileAccess.of(call)) {
                String wanted = (access.reads() ? "r" : "") + (access.writes() ? "w" : "");
                effect = Simulator.stricter(effect, permission(access.path(), wanted));
            }
        }
        String word = WORDS.get(call.syscall().name());
        if (word != null) {
            effect = word(List.of(word));
        }
        return call.address() instanceof Endpoint.Inet inet && isNetwork(call)
                ? word(List.of("network", inet.address().isIpv4() ? "network inet" : "network inet6"))
                : effect;
    }

    private static boolean isNetwork(Call call) {
        return switch (call.syscall().operation()) {
            case CONNECT, SEND, ACCEPT -> true;
            default -> false;
        };
    }

    private Action word(List<String> names) {
        List<String> qualifiers = words.stream()
                .filter(rule -> names.contains(rule.word))
                .map(WordRule::qualifier)
                .toList();
        return qualifiers.contains("deny")
                ? Action.DENY
                : qualifiers.contains("audit") ? Action.MONITOR : refused(qualifiers.isEmpty());
    }

    private Action refused(boolean missing) {
        return !missing ? Action.ALLOW : complains ? Action.MONITOR : Action.DENY;
    }

    private Set<Character> permissions(String name, String... qualifiers) {
        Set<Character> all = new HashSet<>();
        for (FileRule rule : files) {
            if (List.of(qualifiers).contains(rule.qualifier) && rule.pattern.matches(name)) {
                rule.permissions.chars().forEach(c -> all.add((char) c));
            }
        }
        return all;
    }

    private Action permission(String name, String wanted) {
        Set<Character> denied = permissions(name, "deny");
        Set<Character> allowed = permissions(name, "", "audit");
        Set<Character> audited = permissions(name, "audit");
        Action effect = Action.ALLOW;
        for (int i = 0; i < wanted.length(); i++) {
            char c = wanted.charAt(i);
            Action one = denied.contains(c) ? Action.DENY : refused(!allowed.contains(c));
            effect = Simulator.stricter(
                    effect, Simulator.stricter(one, audited.contains(c) ? Action.MONITOR : Action.ALLOW));
        }
        return effect;
    }

    /** The new name needs l, and of what it may else no more than the old one may. */
    private Action link(String old, String name) {
        Set<Character> denied = permissions(name, "deny");
        Set<Character> rights = new HashSet<>(permissions(name, "", "audit"));
        rights.removeAll(denied);
        rights.retainAll(Set.of('r', 'w', 'x'));
        Set<Character> target = new HashSet<>(permissions(old, "", "audit"));
        target.removeAll(permissions(old, "deny"));
        Action effect = permission(name, "l");
        return Simulator.stricter(effect, refused(!target.containsAll(rights)));
    }
}
