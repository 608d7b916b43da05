package io.crs.image.instrument;

import io.crs.image.FileAccess;
import io.crs.image.Image;
import io.crs.image.daemon.EngineException;
import io.crs.image.format.Json;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.inspect.ImageFiles;
import io.crs.image.instrument.SampledImage.TooMuch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The check of an image by those of its files that matter, fetched one by one.
 *
 * <p>Which programs of the image run with other rights than their caller's cannot be found that way; the usual ones are
 * looked for, and the verdict says so.
 */
final class SampledCheck {
    private static final int MOST_ROUNDS = 60;
    private static final List<String> USUALLY_PRIVILEGED = List.of(
            "/usr/bin/chage",
            "/usr/bin/chfn",
            "/usr/bin/chsh",
            "/usr/bin/crontab",
            "/usr/bin/expiry",
            "/usr/bin/fusermount3",
            "/usr/bin/gpasswd",
            "/usr/bin/mount",
            "/usr/bin/newgrp",
            "/usr/bin/passwd",
            "/usr/bin/pkexec",
            "/usr/bin/ssh-agent",
            "/usr/bin/su",
            "/usr/bin/sudo",
            "/usr/bin/umount",
            "/usr/sbin/unix_chkpwd",
            "/usr/lib/openssh/ssh-keysign",
            "/bin/bbsuid",
            "/bin/mount",
            "/bin/ping",
            "/bin/su",
            "/bin/umount",
            "/sbin/unix_chkpwd");

    private final FileAccess access;
    private final Verdict verdict;
    private final Map<String, Boolean> folders = new HashMap<>();

    /** What is thought of an image whose files have been read. */
    interface Verdict {
        Compatibility of(Image image, ImageFiles files) throws IOException;
    }

    SampledCheck(FileAccess access, Verdict verdict) {
        this.access = access;
        this.verdict = verdict;
    }

    /** Returns the verdict; empty where only the whole image allows one. */
    Optional<Compatibility> check() throws IOException {
        SampledImage sample = new SampledImage(access);
        boolean linux = sample.config().text("os").orElse("linux").equals("linux");
        Json labels = sample.config()
                .get("config")
                .flatMap(config -> config.get("Labels"))
                .orElse(Json.object());
        if (!linux || labels.get(Labels.LAYER).isPresent() || exists(WrappedImage.FOLDER)) {
            return Optional.empty();
        }
        try {
            for (int i = 0; i < MOST_ROUNDS; i++) {
                Image image = sample.image();
                ImageFiles files = ImageFiles.read(image);
                Compatibility found = verdict.of(image, files);
                if (!sample.fetch(files.missed())) {
                    return Optional.of(told(found));
                }
            }
            return Optional.empty();
        } catch (TooMuch | EngineException e) {
            // Also for what an engine does not answer, such as links that go in circles: the whole image tells.
            return Optional.empty();
        }
    }

    private Compatibility told(Compatibility found) throws IOException {
        List<String> blindSpots = new ArrayList<>(found.blindSpots());
        for (String path : USUALLY_PRIVILEGED) {
            int mode = modeOf(path);
            String right = (mode & 04000) != 0 ? "set-user-ID" : (mode & 02000) != 0 ? "set-group-ID" : "";
            String line = path + ": " + right;
            if (!right.isEmpty() && !blindSpots.contains(line)) {
                blindSpots.add(line);
            }
        }
        List<String> reasons = new ArrayList<>(found.reasons());
        reasons.add("files were asked for one by one: of programs that run with other rights than their caller's, only "
                + "those usual in distributions were looked for");
        // Which layer a file lies in is not told; the image is.
        List<Evidence> evidence = found.evidence().stream()
                .map(each -> new Evidence(each.what(), each.path(), access.id()))
                .toList();
        return new Compatibility(
                found.instrumentable(),
                found.level(),
                found.libc(),
                found.os(),
                found.architecture(),
                found.entryPoint(),
                blindSpots.stream().sorted().toList(),
                reasons,
                evidence);
    }

    /** Returns the mode of a file; 0 where there is none, or only through a folder that is a link. */
    private int modeOf(String path) throws IOException {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String folder = path.substring(0, slash);
            if (!folders.containsKey(folder)) {
                folders.put(folder, kindOf(folder) == FileAccess.Kind.DIRECTORY);
            }
            if (!folders.getOrDefault(folder, false)) {
                return 0;
            }
        }
        Optional<FileAccess.Status> status = access.status(path);
        boolean isFile = status.isPresent() && status.get().kind() == FileAccess.Kind.FILE;
        return isFile ? status.get().mode() : 0;
    }

    private FileAccess.Kind kindOf(String path) throws IOException {
        return access.status(path).map(FileAccess.Status::kind).orElse(FileAccess.Kind.OTHER);
    }

    private boolean exists(String path) throws IOException {
        return access.status(path).isPresent();
    }
}
