package io.crs.benchmark.image;

import io.crs.benchmark.image.Measured.Heap;
import io.crs.benchmark.image.Measured.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is to be reached, and whether it is. What was not measured is neither. */
final class ImageTargets {
    private static final long MEBIBYTE = 1L << 20;

    private final Measured measured;
    private final List<Target> targets = new ArrayList<>();

    private ImageTargets(Measured measured) {
        this.measured = measured;
    }

    /** One line: what, how much is wanted, how much there is, and whether that is enough. */
    record Target(String what, String wanted, String figure, String verdict) {
        List<String> cells() {
            return List.of(wanted, figure, verdict);
        }
    }

    static List<Target> of(Measured measured) {
        ImageTargets targets = new ImageTargets(measured);
        targets.againstLocalTools();
        targets.againstJib();
        targets.againstCopies();
        targets.heap();
        targets.requests();
        return targets.targets;
    }

    /** In a JVM that runs against a process: neither crane nor umoci is anything else. */
    private void againstLocalTools() {
        for (String tool : List.of("append", "instrument")) {
            for (String task : List.of("same", "new", "layout")) {
                String peer = task.equals("layout") ? "umoci" : "crane";
                ratio(
                        tool + " in a running JVM, " + ImagePage.TASKS.get(task),
                        1.5,
                        peer,
                        measured.inJvm(task, tool),
                        measured.seconds(task, peer));
            }
        }
    }

    private void againstJib() {
        for (String tool : List.of("append", "instrument")) {
            for (String task : List.of("same", "new")) {
                times(
                        tool + " in a running JVM, " + ImagePage.TASKS.get(task),
                        "jib's process with its caches empty",
                        measured.inJvm(task, tool),
                        measured.seconds(task, "jib-cold"));
                times(
                        tool + ", " + ImagePage.TASKS.get(task) + ", both in a running JVM",
                        "jib with its layers cached",
                        measured.inJvm(task, tool),
                        measured.inJvm(task, "jib"));
                times(
                        tool + ", " + ImagePage.TASKS.get(task) + ", whole processes",
                        "jib with its caches empty",
                        measured.seconds(task, tool),
                        measured.seconds(task, "jib-cold"));
            }
        }
        for (String task : List.of("same", "new")) {
            times(
                    "for comparison: the requests alone, " + ImagePage.TASKS.get(task) + ", both in a running JVM",
                    "jib with its layers cached",
                    measured.inJvm(task, "bare"),
                    measured.inJvm(task, "jib"));
            times(
                    "for comparison: one request alone beside " + ImagePage.TASKS.get(task) + ", whole processes",
                    "jib with its caches empty",
                    measured.seconds(task, "one-request"),
                    measured.seconds(task, "jib-cold"));
        }
    }

    private void againstCopies() {
        for (String tool : List.of("append", "instrument")) {
            for (String task : List.of("other", "archive")) {
                ratio(
                        tool + ", whole process, " + ImagePage.TASKS.get(task),
                        1.1,
                        "skopeo",
                        measured.seconds(task, tool),
                        measured.seconds(task, "skopeo"));
                ratio(
                        tool + " in a running JVM, " + ImagePage.TASKS.get(task),
                        1.1,
                        "skopeo",
                        measured.inJvm(task, tool),
                        measured.seconds(task, "skopeo"));
            }
        }
    }

    private void heap() {
        long most = measured.heaps().stream().mapToLong(Heap::most).max().orElse(0);
        long left = measured.heaps().stream().mapToLong(Heap::left).max().orElse(0);
        String figure = ImagePage.mebibytes(most) + " MiB, of which a collection left " + ImagePage.mebibytes(left)
                + " MiB at most";
        add("heap, images of 10 to 2,048 MiB", "≤ 64 MiB", figure, most > 0 && most <= 64 * MEBIBYTE);
    }

    private void requests() {
        for (String task : List.of("same", "new", "other")) {
            Optional<Requests> own = measured.requests(task, "append");
            Optional<Requests> crane = measured.requests(task, "crane");
            String figure = own.map(ImageTargets::text).orElse("not measured");
            String what = "requests and bytes of append, " + ImagePage.TASKS.get(task);
            if (crane.isEmpty() || own.isEmpty()) {
                targets.add(new Target(what, "as crane", figure, "not measured: no crane here"));
            } else {
                // A header more or less is no other way of doing it.
                boolean few = own.get().number() <= crane.get().number()
                        && bytes(own.get()) <= bytes(crane.get()) + MEBIBYTE / 16;
                add(what, "≤ crane: " + text(crane.get()), figure, few);
            }
        }
    }

    private static String text(Requests requests) {
        return requests.number() + ", " + ImagePage.mebibytes(bytes(requests)) + " MiB";
    }

    private static long bytes(Requests requests) {
        return requests.sent() + requests.received();
    }

    private void ratio(String what, double limit, String peer, Optional<Double> own, Optional<Double> other) {
        String wanted = "≤ " + limit + "× " + peer;
        if (own.isEmpty() || other.isEmpty()) {
            String figure = own.map(ImageTargets::seconds).orElse("–");
            targets.add(new Target(what, wanted, figure, "not measured: no " + peer + " here"));
            return;
        }
        double ratio = own.get() / other.get();
        add(
                what,
                wanted,
                times(ratio) + " (" + seconds(own.get()) + " to " + seconds(other.get()) + ")",
                ratio <= limit);
    }

    private void times(String what, String peer, Optional<Double> own, Optional<Double> other) {
        if (own.isEmpty() || other.isEmpty()) {
            targets.add(new Target(what, "≥ 10× faster than " + peer, "–", "not measured"));
            return;
        }
        double ratio = other.get() / own.get();
        String figure = times(ratio) + " (" + seconds(own.get()) + " to " + seconds(other.get()) + ")";
        add(what, "≥ 10× faster than " + peer, figure, ratio >= 10);
    }

    private void add(String what, String wanted, String figure, boolean met) {
        targets.add(new Target(what, wanted, figure, met ? "met" : "not met"));
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < 100 ? "%.2f×" : "%.0f×", ratio);
    }

    private static String seconds(double seconds) {
        return seconds < 1 ? ImagePage.number(seconds * 1000) + " ms" : ImagePage.number(seconds) + " s";
    }
}
