package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.FilePath;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.analyze.ImageFacts.ImageFile;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a policy's rules come to with the files of an image. */
final class ImageFindings {
    /** Where the agent, which executes the first program, lies in an image. */
    private static final String AGENT = "/.crs/init";

    private static final List<String> MOUNTS =
            List.of("/proc/", "/sys/", "/dev/", "/run/", "/var/run/", "/tmp/", "/.crs/");

    private final Policy policy;
    private final NearbyRules nearby;
    private final ImageFacts image;
    private final List<Finding> findings = new ArrayList<>();

    ImageFindings(Policy policy, NearbyRules nearby, ImageFacts image) {
        this.policy = policy;
        this.nearby = nearby;
        this.image = image;
    }

    List<Finding> all() {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive()) {
                addProgram(i, rule);
                addFiles(i, rule);
            }
        }
        addSetuid();
        image.entryPoint().ifPresent(this::addEntryPoint);
        image.blindSpots().forEach(spot -> add(Kind.BLIND_SPOT, "", spot, Optional.empty()));
        return findings;
    }

    private void add(Kind kind, String pointer, String message, Optional<Call> witness) {
        findings.add(new Finding(kind, pointer, List.of(), message, witness));
    }

    private void addProgram(int index, Rule rule) {
        Glob program = rule.program();
        if (!program.isLiteral() || !program.literalPrefix().startsWith("/")) {
            return;
        }
        String path = program.literalPrefix();
        String pointer = PolicyLint.pointer(index) + "/program";
        Optional<ImageFile> file = image.find(path);
        if (file.isEmpty()) {
            add(Kind.ABSENT, pointer, "the image has no " + path, Optional.empty());
        } else if (!file.get().path().equals(path)) {
            String message = path + " is " + file.get().path()
                    + " behind a symbolic link; started by that name it is not meant by this rule: write that";
            add(Kind.SYMLINK, pointer, message, Optional.empty());
        }
    }

    private void addFiles(int index, Rule rule) {
        if (rule instanceof Rule.FileRule file) {
            addFile(index, rule, file.file(), "/file", file.access() == Rule.Access.WRITE ? "write" : "read");
        } else if (rule instanceof Rule.SyscallRule named) {
            for (int i = 0; i < Syscall.ARGUMENTS; i++) {
                ArgumentRole role = named.syscall().roles().get(i);
                if (role == ArgumentRole.FILENAME) {
                    addFile(
                            index,
                            rule,
                            Glob.of(named.arguments().get(i)),
                            "/arg" + (i + 1),
                            named.syscall().name());
                }
            }
        }
    }

    private void addFile(int index, Rule rule, Glob pattern, String field, String call) {
        if (!pattern.isLiteral() || !pattern.literalPrefix().startsWith("/")) {
            return;
        }
        String path = pattern.literalPrefix();
        String pointer = PolicyLint.pointer(index) + field;
        Optional<ImageFile> file = image.find(path);
        boolean execution =
                rule instanceof Rule.SyscallRule named && named.syscall().operation() == OperationClass.EXEC;
        if (file.isEmpty()) {
            if (!call.equals("write") && !isMadeAtStart(path)) {
                add(Kind.ABSENT, pointer, "the image has no " + path, Optional.empty());
            }
        } else if (rule.action() == Action.ALLOW && !file.get().path().equals(path)) {
            addLink(index, pointer, path, file.get().path(), call);
        } else if (execution && rule.action() == Action.DENY) {
            addScript(pointer, path, file.get());
        }
    }

    /** Whether a path lies where the runtime mounts file systems of its own: no image says what is there. */
    private static boolean isMadeAtStart(String path) {
        return MOUNTS.stream().anyMatch(path::startsWith);
    }

    /** What a rule allows must really be the file, so a link's name allows nothing. */
    private void addLink(int index, String pointer, String path, String target, String call) {
        FilePath names = new FilePath(Optional.of(path), Optional.of(target));
        Call witness = Call.of(call.equals("read") || call.equals("write") ? "openat" : call)
                .path(names)
                .flags(call.equals("write") ? 1 : 0)
                .build();
        if (nearby.decide(witness).ruleIndex() != index) {
            String message = path + " is " + target + " behind a symbolic link, and only the file's own name allows it;"
                    + " write " + target;
            add(Kind.SYMLINK, pointer, message, Optional.of(witness));
        }
    }

    private void addScript(String pointer, String path, ImageFile file) {
        if (file.interpreter().isEmpty()) {
            return;
        }
        String interpreter = program(file.interpreter().get());
        Call start = Call.execute(interpreter, interpreter);
        Call read = Call.open(interpreter, file.path());
        if (nearby.decide(start).action() != Action.DENY && nearby.decide(read).action() != Action.DENY) {
            String message = path + " is a script: " + interpreter + " " + path
                    + " runs it without executing it; deny reading it as well, or executing " + interpreter;
            add(Kind.INTERPRETER, pointer, message, Optional.of(read));
        }
    }

    private static String program(String interpreter) {
        String bare = interpreter.strip();
        int blank = bare.indexOf(' ');
        return blank < 0 ? bare : bare.substring(0, blank);
    }

    private void addSetuid() {
        for (ImageFile file : image.setuidFiles()) {
            Call call = Call.of("execve").path(file.path()).build();
            Decision decision = nearby.decide(call);
            if (decision.ruleIndex() >= 0 && decision.action() == Action.ALLOW) {
                String message = "allows to execute " + file.path() + ", which runs with its owner's rights";
                add(Kind.SETUID, PolicyLint.pointer(decision.ruleIndex()), message, Optional.of(call));
            }
        }
    }

    /** The first program, its interpreter, and reading the program itself must be let through. */
    private void addEntryPoint(String entry) {
        Optional<ImageFile> file = image.find(entry);
        String path = file.map(ImageFile::path).orElse(entry);
        FilePath names = new FilePath(Optional.of(entry), Optional.of(path));
        List<Call> calls = new ArrayList<>();
        calls.add(Call.of("execve").program(AGENT).path(names).build());
        file.flatMap(ImageFile::interpreter)
                .map(ImageFindings::program)
                .ifPresent(program -> calls.add(Call.of("execve")
                        .program(AGENT)
                        .path(new FilePath(
                                Optional.of(program), image.find(program).map(ImageFile::path)))
                        .build()));
        for (Call call : calls) {
            Decision decision = nearby.decide(call);
            if (decision.action() == Action.DENY) {
                String by = decision.isDefault() ? "by default" : "by rule " + decision.ruleIndex();
                String message = "the image's program cannot start: executing "
                        + call.path().requested().orElse("") + " is denied " + by;
                add(
                        Kind.ENTRY_POINT,
                        decision.isDefault() ? "" : PolicyLint.pointer(decision.ruleIndex()),
                        message,
                        Optional.of(call));
            }
        }
    }
}
