package io.crs.policy.learn;

import io.crs.policy.learn.Candidate.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The patterns that the name of a file could be learned by, from the name alone to all of a folder.
 *
 * <p>They follow from the name, whatever else was seen. So what more is seen can only make more of them believed, and
 * never takes back what was allowed.
 */
final class Ladder {
    /** Folders whose files are the system's own: each is learned by its name. */
    private static final Pattern SYSTEM = Pattern.compile(
            "/(bin|sbin|lib(32|64|x32)?|libexec|etc|boot|root|proc|sys|dev|usr/(local/)?(bin|sbin|lib(32|64|x32)?|libexec)"
                    + "|\\.crs)(/.*)?");

    /** Where the kernel numbers what it has. */
    private static final Pattern NUMBERED = Pattern.compile("/(sys|dev(?!/shm))/.*");

    /** Folders that belong to no program alone: never opened as a whole. */
    private static final Set<String> SHARED = Set.of(
            "",
            "/home",
            "/tmp",
            "/var",
            "/run",
            "/usr",
            "/opt",
            "/srv",
            "/mnt",
            "/media",
            "/var/tmp",
            "/dev/shm",
            "/var/run",
            "/var/lock",
            "/var/lib",
            "/var/log",
            "/var/cache",
            "/var/spool",
            "/var/opt",
            "/var/local",
            "/run/user",
            "/run/lock",
            "/usr/share",
            "/usr/local",
            "/usr/local/share",
            "/usr/local/etc",
            "/usr/src",
            "/usr/include");

    private static final Pattern TEMPORARY = Pattern.compile("/(tmp|var/tmp|dev/shm|run|var/run)/.*");
    private static final Pattern SHARED_MEMORY = Pattern.compile("/dev/shm(/.*)?");
    private static final Pattern PROCESS = Pattern.compile("/proc/[0-9]+(/.*)?");
    private static final Pattern HOME = Pattern.compile("/home/[^/]*");
    private static final Pattern ENDING = Pattern.compile(".+(\\.[A-Za-z][0-9A-Za-z]{0,7})");

    /** The deepest folder that is tried as a whole. */
    private static final int DEEPEST = 16;

    private final List<Candidate> candidates = new ArrayList<>();
    private final String path;
    private final String folder;
    private final String last;

    private Ladder(String path) {
        this.path = path;
        this.folder = Paths.folder(path);
        this.last = Paths.last(path);
    }

    /** The patterns of a file. */
    static List<Candidate> of(String path, OptionalInt pid) {
        Ladder ladder = new Ladder(path);
        ladder.add(Shape.literal(path), path, Rung.NAME);
        if (!path.startsWith("/")) {
            ladder.add(Shape.numbers(Shape.literal(path)), path, Rung.FORM);
        } else if (PROCESS.matcher(path).matches()) {
            ladder.add(Shape.literal(path).replaceAll("(?<=/)[0-9]+(?=/|$)", "*"), path, Rung.FORM);
        } else if (NUMBERED.matcher(path).matches()) {
            ladder.add(Shape.numbers(Shape.literal(path)), path, Rung.NUMBERS);
        } else if (!isSystem(path)) {
            ladder.forms(pid);
            ladder.wholes(form(ladder.folder), ladder.lastForm());
        }
        return ladder.candidates;
    }

    /** What the names of a crowd have in common: their form in one folder; empty if that is nothing a rule could be. */
    static String crowd(String path) {
        Ladder ladder = new Ladder(path);
        return path.startsWith("/") && !isSystem(path)
                ? ladder.folder + "/" + numbers(ladder.folder, ladder.lastForm())
                : "";
    }

    /** The patterns of all names of a {@link #crowd}. */
    static List<Candidate> ofCrowd(String path) {
        Ladder ladder = new Ladder(path);
        ladder.add(form(ladder.folder) + "/" + numbers(ladder.folder, ladder.lastForm()), path, Rung.NUMBERS);
        ladder.wholes(form(ladder.folder), ladder.lastForm());
        return ladder.candidates;
    }

    /** The highest folder above a file that may be a program's own; empty if there is none. */
    static String ownFolder(String path) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            if (isOwn(path.substring(0, slash))) {
                return path.substring(0, slash);
            }
        }
        return "";
    }

    /** The pattern of all that is in a folder. */
    static List<Candidate> ofFolder(String folder, String path) {
        return List.of(new Candidate(form(folder) + "/*", path, Rung.FOLDER));
    }

    private static boolean isSystem(String path) {
        return SYSTEM.matcher(path).matches() && !SHARED_MEMORY.matcher(path).matches();
    }

    private void forms(OptionalInt pid) {
        String literal = Shape.literal(last);
        String folderForm = form(folder);
        add(folderForm + "/" + lastForm(), path, Rung.FORM);
        if (pid.isPresent()) {
            String without = Shape.without(literal, pid.getAsInt());
            if (!without.equals(literal)) {
                add(folderForm + "/" + without, path, Rung.FORM);
            }
        }
        String numbers = numbers(folder, lastForm());
        add(folderForm + "/" + numbers, path, Rung.NUMBERS);
        StringBuilder all = new StringBuilder();
        for (int slash = 0; slash < folder.length(); ) {
            int end = folder.indexOf('/', slash + 1) < 0 ? folder.length() : folder.indexOf('/', slash + 1);
            all.append('/').append(numbers(folder.substring(0, slash), form(folder.substring(slash + 1, end))));
            slash = end;
        }
        add(all + "/" + numbers, path, Rung.NUMBERS);
    }

    /** A name with its numbers open, as long as enough of it is left to tell it from others in the folder. */
    private static String numbers(String folder, String name) {
        return Shape.numbers(name, isOwn(folder) ? 1 : Shape.ANCHOR);
    }

    private String lastForm() {
        String literal = Shape.literal(last);
        return TEMPORARY.matcher(path).matches() ? Shape.temporary(literal) : Shape.form(literal);
    }

    private static String form(String path) {
        return Shape.form(Shape.literal(path));
    }

    private void wholes(String folderForm, String lastForm) {
        var ending = ENDING.matcher(lastForm);
        if (isOwn(folder) && ending.matches()) {
            add(folderForm + "/*" + ending.group(1), path, Rung.ENDING);
        }
        int depth = 0;
        for (int slash = path.indexOf('/', 1); slash > 0 && depth < DEEPEST; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            int end = path.indexOf('/', slash + 1);
            if (isOwn(above)) {
                add(form(above) + "/*", end < 0 ? path : path.substring(0, end), Rung.FOLDER);
            }
            depth++;
        }
    }

    /** Whether a folder may be a program's own. */
    private static boolean isOwn(String folder) {
        return !SHARED.contains(folder)
                && !isSystem(folder)
                && !HOME.matcher(folder).matches();
    }

    private void add(String pattern, String member, Rung rung) {
        if (candidates.stream().noneMatch(known -> known.pattern().equals(pattern))) {
            candidates.add(new Candidate(pattern, member, rung));
        }
    }
}
