package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.syscall.OperationClass;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The export to {@code KubeArmorPolicy} objects, one for each rule that denies or monitors. There is no order among them, so
 * that a rule with an exception in front of it is left out.
 */
final class KubeArmorExport {
    private static final int MAX_DOCUMENTS = 5000;

    /** What a rule asks for, as a part of the object's {@code spec}; and how near it is. */
    private record Part(String section, Map<String, Object> body, Fidelity fidelity, String reason) {}

    private final Policy policy;
    private final String name;
    private final ExportOptions options;
    private final Exceptions exceptions;
    private final List<RuleMark> marks = new ArrayList<>();
    private final List<String> documents = new ArrayList<>();

    private KubeArmorExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        name = options.name().isEmpty() ? ResourceName.of(policy.name()) : options.name();
        exceptions = new Exceptions(policy);
    }

    static Export of(Policy policy, ExportOptions options) {
        KubeArmorExport export = new KubeArmorExport(policy, options);
        for (int i = 0; i < policy.rules().size(); i++) {
            export.add(i, policy.rules().get(i));
        }
        export.marks.addAll(
                DenyingDefaults.unsupported(policy, "what is denied by default is set for a namespace there"));
        String text = export.documents.isEmpty()
                ? Yaml.comment("no rule of the policy can be written for KubeArmor")
                : String.join("---\n", export.documents);
        return new Export(ExportTarget.KUBEARMOR, text, export.marks);
    }

    private void mark(int index, Fidelity fidelity, String reason) {
        marks.add(new RuleMark(index, policy.rules().get(index).name(), fidelity, reason));
    }

    private void add(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            mark(index, Fidelity.EXACT, "inactive: it decides nothing");
        } else if (rule.action() == Action.ALLOW) {
            mark(index, Fidelity.EXACT, "nothing is denied by default; a denial it excepts from is left out");
        } else if (exceptions.hasOne(index)) {
            mark(index, Fidelity.UNSUPPORTED, "an earlier rule is an exception, and policies there have no order");
        } else if (!rule.program().isAny()
                && (!rule.program().isLiteral()
                        || rule.followChildren()
                        || !isPath(rule.program().literalPrefix()))) {
            mark(index, Fidelity.UNSUPPORTED, "a source is the path of one program");
        } else if (documents.size() >= MAX_DOCUMENTS) {
            mark(index, Fidelity.UNSUPPORTED, "more than " + MAX_DOCUMENTS + " objects are not written");
        } else {
            Part part = part(rule);
            if (part.fidelity != Fidelity.UNSUPPORTED) {
                documents.add(document(index, rule, part));
            }
            mark(index, part.fidelity, part.reason);
        }
    }

    private static boolean isPath(String text) {
        return PathPattern.isSafe(text) && text.matches("/.*[^/]") && text.matches("[^*?]*");
    }

    private static Part unsupported(String reason) {
        return new Part("", Map.of(), Fidelity.UNSUPPORTED, reason);
    }

    private Part part(Rule rule) {
        if (rule instanceof Rule.FileRule file) {
            return files(file);
        }
        if (rule instanceof Rule.NetworkRule network) {
            return network(network);
        }
        Rule.SyscallRule named = (Rule.SyscallRule) rule;
        return named.syscall().operation() == OperationClass.EXEC ? execution(named) : syscall(named);
    }

    private Part files(Rule.FileRule rule) {
        boolean writes = rule.access() == Rule.Access.WRITE;
        return paths(
                "file",
                rule,
                rule.file(),
                writes ? Map.of("readOnly", true) : Map.of(),
                writes ? Fidelity.UNDER : Fidelity.OVER,
                writes ? "times and extended attributes of files are not mediated" : "writing counts as well");
    }

    private Part execution(Rule.SyscallRule rule) {
        if (!rule.arguments().get(1).isBlank() || !rule.arguments().get(2).isBlank()) {
            return unsupported("KubeArmor sees no arguments");
        }
        if (!rule.program().isAny()) {
            return unsupported("the source of an execution is the parent there, not the program that executes");
        }
        return paths("process", rule, Glob.of(rule.arguments().get(0)), Map.of(), Fidelity.EXACT, "");
    }

    private Part paths(
            String section, Rule rule, Glob file, Map<String, Object> extra, Fidelity fidelity, String reason) {
        if (PathPattern.matchesNothing(file)) {
            return unsupported("no file has such a name");
        }
        Optional<PathPattern> pattern = PathPattern.of(file);
        if (pattern.isEmpty()) {
            return unsupported("the name cannot be written there");
        }
        Map<String, Object> match = new LinkedHashMap<>();
        String list;
        Fidelity near = fidelity;
        String why = reason;
        if (file.isLiteral() && isPath(file.literalPrefix())) {
            list = "matchPaths";
            match.put("path", file.literalPrefix());
        } else if (file.isAny() || (file.isPrefix() && file.literalPrefix().endsWith("/"))) {
            list = "matchDirectories";
            match.put("dir", file.isAny() ? "/" : file.literalPrefix());
            match.put("recursive", true);
        } else {
            if (!rule.program().isAny()) {
                return unsupported("a pattern there has no source");
            }
            if (!pattern.get().exact() && fidelity == Fidelity.OVER) {
                return unsupported("writing would count as well, and a ? is one byte there");
            }
            list = "matchPatterns";
            match.put("pattern", pattern.get().text());
            near = fidelity == Fidelity.OVER ? Fidelity.OVER : Fidelity.UNDER;
            why = (reason.isEmpty() ? "" : reason + "; ") + "patterns are for its AppArmor enforcer alone";
        }
        match.putAll(extra);
        from(rule).ifPresent(source -> match.put("fromSource", source));
        return new Part(section, Map.of(list, List.of(match)), near, why);
    }

    private static Optional<List<Map<String, String>>> from(Rule rule) {
        return rule.program().isAny()
                ? Optional.empty()
                : Optional.of(List.of(Map.of("path", rule.program().literalPrefix())));
    }

    private Part network(Rule.NetworkRule rule) {
        if (!rule.address().isAny() || !rule.port().isAny()) {
            return unsupported("KubeArmor sees no addresses");
        }
        List<Object> protocols = new ArrayList<>();
        for (String protocol : List.of("tcp", "udp")) {
            Map<String, Object> match = new LinkedHashMap<>();
            match.put("protocol", protocol);
            from(rule).ifPresent(source -> match.put("fromSource", source));
            protocols.add(match);
        }
        return new Part(
                "network", Map.of("matchProtocols", protocols), Fidelity.OVER, "sockets of TCP and UDP for any use");
    }

    private Part syscall(Rule.SyscallRule rule) {
        if (rule.syscall().library()
                || !rule.arguments().stream().allMatch(text -> text.isBlank() || text.equals("*"))) {
            return unsupported("KubeArmor sees no arguments of system calls");
        }
        if (rule.syscall().flags().isPresent()) {
            return unsupported("its siblings count by their flags, which KubeArmor does not see");
        }
        Map<String, Object> match = new LinkedHashMap<>();
        match.put(
                "syscall",
                SyscallTable.standard().siblings(rule.syscall()).stream()
                        .filter(call -> call.number(options.arch()).isPresent())
                        .map(call -> call.name())
                        .toList());
        from(rule).ifPresent(source -> match.put("fromSource", source));
        boolean denies = rule.action() == Action.DENY && policy.mode() == PolicyMode.ACTIVE;
        return new Part(
                "syscalls",
                Map.of("matchSyscalls", List.of(match)),
                denies ? Fidelity.UNDER : Fidelity.EXACT,
                denies ? "system calls are reported there, not stopped" : "");
    }

    private String document(int index, Rule rule, Part part) {
        boolean blocks =
                rule.action() == Action.DENY && policy.mode() == PolicyMode.ACTIVE && !part.section.equals("syscalls");
        Map<String, Object> spec = new LinkedHashMap<>();
        rule.severity().ifPresent(severity -> spec.put("severity", Math.max(1, severity)));
        if (!rule.tags().isEmpty()) {
            spec.put("tags", rule.tags());
        }
        spec.put("message", rule.message().orElse(rule.name()));
        spec.put("selector", Map.of("matchLabels", options.labels()));
        spec.put(part.section, part.body);
        spec.put("action", blocks ? "Block" : "Audit");
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "security.kubearmor.com/v1");
        document.put("kind", "KubeArmorPolicy");
        document.put("metadata", Map.of("name", ResourceName.with(name, "r" + index)));
        document.put("spec", spec);
        return Yaml.write(document);
    }
}
