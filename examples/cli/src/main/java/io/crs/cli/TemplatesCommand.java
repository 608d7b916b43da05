package io.crs.cli;

import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.template.PolicyTemplates;
import io.crs.syscall.NearestName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code crs policy templates}: policies to start from. */
@Command(
        name = "templates",
        description = "Lists ready-made policies, or prints one of them.",
        footerHeading = "%nExamples:%n",
        footer = {"  crs policy templates", "  crs policy templates no-reverse-shell > policy.json"})
final class TemplatesCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The one to print; all are listed if not given.")
    private @Nullable String name;

    TemplatesCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        if (name != null) {
            terminal.print(find(name).toJson().stripTrailing());
        } else if (root.json()) {
            terminal.print(Json.line(Map.of("templates", all())));
        } else {
            list();
        }
        return ExitCode.DONE;
    }

    private static Policy find(String wanted) throws Refusal {
        return PolicyTemplates.find(wanted)
                .orElseThrow(() -> Refusal.invalid("there is no template \"" + wanted + "\""
                        + NearestName.among(PolicyTemplates.names(), wanted)
                                .map(near -> ", did you mean \"" + near + "\"?")
                                .orElse("; crs policy templates lists them")));
    }

    private static List<Map<String, @Nullable Object>> all() throws Refusal {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (String each : PolicyTemplates.names()) {
            Policy policy = find(each);
            all.add(Json.object(
                    "name", each,
                    "title", policy.name(),
                    "description", policy.description(),
                    "rules", policy.rules().size(),
                    "tags", tags(policy)));
        }
        return all;
    }

    private void list() throws IOException, Refusal {
        Columns columns = new Columns("NAME", "RULES", "DESCRIPTION");
        for (String each : PolicyTemplates.names()) {
            Policy policy = find(each);
            columns.add(each, String.valueOf(policy.rules().size()), policy.description());
        }
        for (String line : columns.lines()) {
            terminal.print(line);
        }
    }

    private static List<String> tags(Policy policy) {
        return policy.rules().stream()
                .map(Rule::header)
                .flatMap(header -> header.tags().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
