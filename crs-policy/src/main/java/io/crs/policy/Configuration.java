package io.crs.policy;

import io.crs.file.ReplacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is bound to images and containers: a policy, and which events it sends. Immutable, safe for all threads.
 *
 * @param id 24 hexadecimal digits
 * @param name a name for people; not blank, at most 256 characters
 * @param policyId the id of the policy
 * @param logMode which events are sent
 * @param isDefaultConfig whether it holds for images that have none; a new default takes the place of the old
 * @param created when it was made, in milliseconds
 * @param updated when it was last changed, in milliseconds
 */
public record Configuration(
        Optional<String> id,
        String name,
        Optional<String> policyId,
        LogMode logMode,
        boolean isDefaultConfig,
        Optional<Instant> created,
        Optional<Instant> updated) {
    /** The longest name, in characters. */
    public static final int MAX_NAME = 256;

    private static final Field<Configuration, String> ID =
            Field.optional("id", Codecs.text().checked(Identifiers::check), Configuration::id);
    private static final Field<Configuration, String> NAME =
            Field.required("name", Codecs.name(MAX_NAME), Configuration::name);
    private static final Field<Configuration, String> POLICY_ID =
            Field.optional("policyId", Codecs.text().checked(Identifiers::check), Configuration::policyId);
    private static final Field<Configuration, LogMode> LOG_MODE = Field.optional(
            "logMode", Codecs.word(LogMode.values()), configuration -> Optional.of(configuration.logMode()));
    private static final Field<Configuration, Boolean> IS_DEFAULT =
            Field.usual("isDefaultConfig", Codecs.flag(), false, Configuration::isDefaultConfig);
    private static final Field<Configuration, Instant> CREATED =
            Field.optional("created", Codecs.time(), Configuration::created);
    private static final Field<Configuration, Instant> UPDATED =
            Field.optional("updated", Codecs.time(), Configuration::updated);

    private static final Codec<Configuration> CODEC = new ObjectCodec<>(
            List.of(ID, NAME, POLICY_ID, LOG_MODE, IS_DEFAULT, CREATED, UPDATED),
            (values, in) -> {},
            values -> new Configuration(
                    values.get(ID),
                    values.require(NAME),
                    values.get(POLICY_ID),
                    values.get(LOG_MODE).orElse(LogMode.POLICY_MONITOR_DENY),
                    values.get(IS_DEFAULT).orElse(false),
                    values.get(CREATED),
                    values.get(UPDATED)));

    /**
     * Checks the texts, and cuts times to milliseconds.
     *
     * @throws IllegalArgumentException if the name is blank or too long, or an id is none
     */
    public Configuration {
        id.ifPresent(Identifiers::check);
        policyId.ifPresent(Identifiers::check);
        Texts.named("the name of a configuration", name, MAX_NAME);
        created = created.map(Identifiers::time);
        updated = updated.map(Identifiers::time);
    }

    /** A configuration with a name and a policy, and otherwise as usual: it logs POLICY_MONITOR_DENY. */
    public static Configuration of(String name, String policyId) {
        return new Configuration(
                Optional.empty(),
                name,
                Optional.of(policyId),
                LogMode.POLICY_MONITOR_DENY,
                false,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The configuration a JSON document stands for. The stream is read to its end and left open.
     *
     * @throws IOException if the stream fails
     * @throws InvalidPolicyException if the document is not valid, with everything that is wrong with it
     */
    public static Configuration read(InputStream in) throws IOException, InvalidPolicyException {
        return JsonDocument.read(in, CODEC);
    }

    /**
     * The configuration the JSON document in a file stands for.
     *
     * @throws IOException if the file cannot be read
     * @throws InvalidPolicyException as {@link #read(InputStream)}
     */
    public static Configuration read(Path file) throws IOException, InvalidPolicyException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    /**
     * The configuration a JSON document stands for.
     *
     * @throws InvalidPolicyException as {@link #read(InputStream)}
     */
    public static Configuration read(String document) throws InvalidPolicyException {
        return JsonDocument.read(document, CODEC);
    }

    /** The canonical JSON document: equal configurations have the same. */
    public String toJson() {
        return JsonDocument.write(out -> CODEC.write(out, this));
    }

    /** Writes the canonical JSON document as UTF-8; the stream is flushed and left open. */
    public void write(OutputStream out) throws IOException {
        out.write(toJson().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Writes the canonical JSON document to a file, all or nothing: whoever reads finds the old file or the new. */
    public void write(Path file) throws IOException {
        ReplacedFile.write(file, toJson().getBytes(StandardCharsets.UTF_8));
    }
}
