package io.crs.image.instrument;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.LinkedLibrary;
import io.crs.image.Digest;
import io.crs.image.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The bill of materials of the agent's layer, as CycloneDX 1.5: the agent, each of its files with its digest, and the libraries linked into
 * them. It has
 * neither a time nor a serial number, so that equal layers have equal ones.
 */
final class Sbom {
    private static final String AGENT = "crs-agent";

    private Sbom() {}

    static byte[] of(AgentBundle bundle, String folder, Iterable<AgentFile> files) {
        List<Json> components = new ArrayList<>();
        for (AgentFile file : files) {
            String path = folder + "/" + file.path();
            components.add(Json.object()
                    .with("type", Json.of("file"))
                    .with("bom-ref", Json.of("file:" + path))
                    .with("name", Json.of(path))
                    .with(
                            "hashes",
                            Json.array(List.of(Json.object()
                                    .with("alg", Json.of("SHA-256"))
                                    .with(
                                            "content",
                                            Json.of(Digest.of(file.content()).hex()))))));
        }
        bundle.libraries().forEach(library -> components.add(library(library)));
        Json agent = Json.object()
                .with("type", Json.of("application"))
                .with("bom-ref", Json.of(AGENT))
                .with("name", Json.of("crs-agent"))
                .with("version", Json.of(bundle.version()));
        return Json.object()
                .with("bomFormat", Json.of("CycloneDX"))
                .with("specVersion", Json.of("1.5"))
                .with("version", Json.of(1))
                .with("metadata", Json.object().with("component", agent))
                .with("components", Json.array(components))
                .with("dependencies", Json.array(List.of(dependencies(bundle))))
                .toBytes();
    }

    private static Json library(LinkedLibrary library) {
        Json component = Json.object()
                .with("type", Json.of("library"))
                .with("bom-ref", Json.of(purl(library)))
                .with("name", Json.of(library.name()))
                .with("version", Json.of(library.version()));
        component = library.cpe().isPresent()
                ? component.with("cpe", Json.of(library.cpe().get()))
                : component;
        return component.with("purl", Json.of(purl(library)));
    }

    private static String purl(LinkedLibrary library) {
        return "pkg:generic/" + library.name().toLowerCase(Locale.ROOT) + "@"
                + library.version().replace("+", "%2B");
    }

    private static Json dependencies(AgentBundle bundle) {
        return Json.object()
                .with("ref", Json.of(AGENT))
                .with(
                        "dependsOn",
                        Json.strings(bundle.libraries().stream().map(Sbom::purl).toList()));
    }
}
