package io.crs.image.instrument;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The JSON schemas of the OCI's image specification, as Debian packages them.
 *
 * <p>They are those of 1.1.0-rc2, which know neither {@code artifactType} nor {@code subject}, nor the {@code data} of a
 * descriptor, and forbid no member: what they do not know must be held to something else.
 */
enum OciSchema {
    CONFIG("config-schema.json"),
    DESCRIPTOR("content-descriptor.json"),
    INDEX("image-index-schema.json"),
    LAYOUT("image-layout-schema.json"),
    MANIFEST("image-manifest-schema.json"),
    MEDIA_TYPE("defs-descriptor.json#/definitions/mediaType");

    private static final Path FOLDER = Path.of("/usr/share/gocode/src/github.com/opencontainers/image-spec/schema");
    private static final String BASE = "https://opencontainers.org/schema/";

    /** Whatever a schema refers to is a file beside it, whichever folder its own identifier makes of that. */
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_4, builder -> builder.schemas(OciSchema::file));

    private final String name;

    OciSchema(String name) {
        this.name = name;
    }

    private static String file(String identifier) {
        try {
            return Files.readString(FOLDER.resolve(identifier.substring(identifier.lastIndexOf('/') + 1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what is wrong with a document, each with its place in it. */
    List<String> faults(byte[] json) {
        return REGISTRY
                .getSchema(SchemaLocation.of(BASE + name))
                .validate(new String(json, StandardCharsets.UTF_8), InputFormat.JSON)
                .stream()
                .map(Object::toString)
                .toList();
    }
}
