package io.crs.image.instrument;

import io.crs.image.Artifact;
import io.crs.image.Blob;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an instrumented image was made: an in-toto statement with a SLSA provenance, as an artifact that refers to the image.
 *
 * <p>It is not signed: it says what was done, and proves nothing to who does not trust where it came from. It depends on
 * what it speaks of alone, as the image does.
 */
public final class Provenance {
    /** The type of the artifact, and of its one layer. */
    public static final String MEDIA_TYPE = "application/vnd.in-toto+json";

    private static final String STATEMENT = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://slsa.dev/provenance/v1";
    private static final String BUILD = "https://crs.invalid/instrument/v1";

    private Provenance() {}

    /**
     * Returns the artifact.
     *
     * @param made the instrumented image or index
     * @param original what it was made from
     * @param baseName the name the original was read by, if it has one
     * @param agents the version of the agent by platform
     * @param tables the digest of the compiled policy by platform
     */
    public static Artifact of(
            Manifest made,
            Manifest original,
            Optional<String> baseName,
            Map<String, String> agents,
            Map<String, Digest> tables)
            throws InvalidImageException {
        Blob statement = Blob.of(
                MEDIA_TYPE, statement(made, original, baseName, agents, tables).toBytes());
        return Artifact.about(made.descriptor(), MEDIA_TYPE, statement);
    }

    private static Json statement(
            Manifest made,
            Manifest original,
            Optional<String> baseName,
            Map<String, String> agents,
            Map<String, Digest> tables) {
        Json parameters = Json.object().with("source", Json.of(original.digest().toString()));
        List<Json> materials = new ArrayList<>();
        Json source = Json.object().with("digest", digest(original.digest()));
        materials.add(baseName.map(name -> source.with("name", Json.of(name))).orElse(source));
        agents.forEach((platform, version) -> materials.add(Json.object()
                .with("name", Json.of("crs-agent"))
                .with(
                        "annotations",
                        Json.object().with("version", Json.of(version)).with("platform", Json.of(platform)))));
        tables.forEach((platform, table) -> materials.add(Json.object()
                .with("name", Json.of("policy"))
                .with("digest", digest(table))
                .with("annotations", Json.object().with("platform", Json.of(platform)))));
        Json definition = Json.object()
                .with("buildType", Json.of(BUILD))
                .with("externalParameters", parameters)
                .with("resolvedDependencies", Json.array(materials));
        return Json.object()
                .with("_type", Json.of(STATEMENT))
                .with(
                        "subject",
                        Json.array(List.of(
                                Json.object().with("name", Json.of("image")).with("digest", digest(made.digest())))))
                .with("predicateType", Json.of(PREDICATE))
                .with(
                        "predicate",
                        Json.object()
                                .with("buildDefinition", definition)
                                .with(
                                        "runDetails",
                                        Json.object()
                                                .with("builder", Json.object().with("id", Json.of(BUILD)))));
    }

    private static Json digest(Digest digest) {
        return Json.object().with(digest.algorithm(), Json.of(digest.hex()));
    }
}
