package io.crs.image.instrument;

import io.crs.image.format.EntryName;
import io.crs.image.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The change of a configuration: the entry point is wrapped, labels are set, and what is preloaded is added to. Nothing
 * else is touched.
 *
 * <p>The command keeps being what a user replaces by arguments: it stays where it is, whatever form the entry point has.
 */
final class ConfigEdit {
    private static final String PRELOAD = "LD_PRELOAD=";

    private ConfigEdit() {}

    /** Returns the entry point in front of which the launcher goes; a launcher already there is taken off. */
    static List<Json> unwrapped(Json document, String launcher) {
        List<Json> entryPoint =
                config(document).get("Entrypoint").orElse(Json.object()).elements();
        boolean wrapped = entryPoint.size() >= 2
                && entryPoint.get(0).equals(Json.of(launcher))
                && entryPoint.get(1).equals(Json.of("--"));
        return wrapped ? entryPoint.subList(2, entryPoint.size()) : entryPoint;
    }

    /** Returns whether the image starts anything by itself. */
    static boolean hasCommand(Json document, String launcher) {
        return !unwrapped(document, launcher).isEmpty()
                || !config(document).get("Cmd").orElse(Json.object()).elements().isEmpty();
    }

    /** Returns the configuration with the launcher before the entry point, and with labels set. */
    static Json wrapped(Json document, String launcher, Map<String, String> labels) {
        List<Json> entryPoint = new ArrayList<>(List.of(Json.of(launcher), Json.of("--")));
        entryPoint.addAll(unwrapped(document, launcher));
        Json config = config(document);
        Json labelled = config.get("Labels").filter(Json::isObject).orElse(Json.object());
        for (Map.Entry<String, String> label : labels.entrySet()) {
            labelled = labelled.with(label.getKey(), Json.of(label.getValue()));
        }
        return document.with(
                "config", config.with("Entrypoint", Json.array(entryPoint)).with("Labels", labelled));
    }

    /**
     * Returns the configuration with a shared object behind what its environment preloads already. The agent takes it out
     * again for the application, so only programs that enter from outside see it.
     */
    static Json preloading(Json document, String object) {
        Json config = config(document);
        List<Json> environment = new ArrayList<>();
        boolean added = false;
        for (Json variable : config.get("Env").orElse(Json.array(List.of())).elements()) {
            String text = variable.text().orElse("");
            boolean preloads = text.startsWith(PRELOAD);
            environment.add(preloads ? Json.of(text + (text.equals(PRELOAD) ? "" : ":") + object) : variable);
            added |= preloads;
        }
        if (!added) {
            environment.add(Json.of(PRELOAD + object));
        }
        return document.with("config", config.with("Env", Json.array(environment)));
    }

    /** Returns an object that tells an entry point that is absent from one that is null and one that is empty. */
    static Json originalEntryPoint(Json document) {
        return config(document)
                .get("Entrypoint")
                .map(entryPoint -> Json.object().with("Entrypoint", entryPoint))
                .orElse(Json.object());
    }

    /** Returns the volumes that would cover what lies at a path, or something below it. */
    static List<String> volumesOver(Json document, String path) {
        Json volumes = config(document).get("Volumes").orElse(Json.object());
        return volumes.members().keySet().stream()
                .filter(volume -> {
                    String at = EntryName.path(volume);
                    return at.equals("/") || at.equals(path) || at.startsWith(path + "/") || path.startsWith(at + "/");
                })
                .toList();
    }

    static Json config(Json document) {
        return document.get("config").filter(Json::isObject).orElse(Json.object());
    }
}
