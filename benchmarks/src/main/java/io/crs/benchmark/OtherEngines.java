package io.crs.benchmark;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/** Engines for rules in general, given rules that name folders. */
final class OtherEngines {
    private static final String MODEL = """
            [request_definition]
            r = path
            [policy_definition]
            p = path, eft
            [policy_effect]
            e = priority(p.eft) || deny
            [matchers]
            m = keyMatch(r.path, p.path)
            """;

    private final List<CelRuntime.Program> programs;
    private final Enforcer enforcer;

    private OtherEngines(List<CelRuntime.Program> programs, Enforcer enforcer) {
        this.programs = programs;
        this.enforcer = enforcer;
    }

    static OtherEngines of(List<String> folders) {
        try {
            Cel cel = CelFactory.standardCelBuilder()
                    .addVar("path", SimpleType.STRING)
                    .build();
            List<CelRuntime.Program> programs = new ArrayList<>();
            for (String folder : folders) {
                programs.add(cel.createProgram(
                        cel.compile("path.startsWith('" + folder + "')").getAst()));
            }
            Model model = new Model();
            model.loadModelFromText(MODEL);
            Enforcer enforcer = new Enforcer(model);
            enforcer.enableLog(false);
            enforcer.addPolicies(folders.stream()
                    .map(folder -> List.of(folder + "*", "allow"))
                    .toList());
            return new OtherEngines(programs, enforcer);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first rule whose expression holds; −1 if none does. */
    int cel(String path) {
        try {
            Map<String, String> variables = Map.of("path", path);
            for (int i = 0; i < programs.size(); i++) {
                if (Boolean.TRUE.equals(programs.get(i).eval(variables))) {
                    return i;
                }
            }
            return -1;
        } catch (CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a rule matches, all of which allow; it denies where none does. */
    boolean casbin(String path) {
        return enforcer.enforce(path);
    }
}
