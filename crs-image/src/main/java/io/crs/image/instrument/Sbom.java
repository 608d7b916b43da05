package io.crs.image.instrument;

import io.crs.agent.AgentFile;
import io.crs.image.Digest;
import io.crs.image.format.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The bill of materials of the agent's layer, as CycloneDX 1.5: the agent, and each of its files with its digest. It has
 * neither a time nor a serial number, so that equal layers have equal ones.
 */
final class Sbom {
    private Sbom() {}

    static byte[] of(String version, String folder, Iterable<AgentFile> files) {
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
        Json agent = Json.object()
                .with("type", Json.of("application"))
                .with("bom-ref", Json.of("crs-agent"))
                .with("name", Json.of("crs-agent"))
                .with("version", Json.of(version));
        return Json.object()
                .with("bomFormat", Json.of("CycloneDX"))
                .with("specVersion", Json.of("1.5"))
                .with("version", Json.of(1))
                .with("metadata", Json.object().with("component", agent))
                .with("components", Json.array(components))
                .toBytes();
    }
}
