package io.crs.scanner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A log in SARIF 2.1.0: a result for each image that cannot be instrumented or checked, and for what hooks do not see. */
final class SarifReport implements Report {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private final JsonGenerator out;

    /** A kind of result. */
    private record Rule(String id, String level, String text) {}

    private static final Rule NOT_INSTRUMENTABLE =
            new Rule("not-instrumentable", "warning", "The image cannot be instrumented.");
    private static final Rule BLIND_SPOT = new Rule(
            "blind-spot", "note", "Library hooks do not see a program of the image; its system calls are seen.");
    private static final Rule NOT_CHECKED = new Rule("not-checked", "error", "The image could not be checked.");
    private static final List<Rule> RULES = List.of(NOT_INSTRUMENTABLE, BLIND_SPOT, NOT_CHECKED);

    SarifReport(Writer writer, String version) throws IOException {
        out = new JsonFactory().createGenerator(writer);
        out.writeStartObject();
        out.writeStringField("$schema", SCHEMA);
        out.writeStringField("version", "2.1.0");
        out.writeArrayFieldStart("runs");
        out.writeStartObject();
        out.writeObjectFieldStart("tool");
        out.writeObjectFieldStart("driver");
        out.writeStringField("name", "crs-registry-scanner");
        out.writeStringField("version", version);
        out.writeArrayFieldStart("rules");
        for (Rule rule : RULES) {
            rule(rule);
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndObject();
        out.writeArrayFieldStart("results");
    }

    private void rule(Rule rule) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", rule.id());
        message("shortDescription", rule.text());
        out.writeObjectFieldStart("defaultConfiguration");
        out.writeStringField("level", rule.level());
        out.writeEndObject();
        out.writeEndObject();
    }

    @Override
    public void add(Finding finding) throws IOException {
        if (finding.error().isPresent()) {
            result(finding, NOT_CHECKED, finding.error().get());
        }
        if (finding.verdict().isPresent()) {
            if (!finding.verdict().get().instrumentable()) {
                result(
                        finding,
                        NOT_INSTRUMENTABLE,
                        String.join("; ", finding.verdict().get().reasons()));
            }
            for (String blind : finding.verdict().get().blindSpots()) {
                result(finding, BLIND_SPOT, blind);
            }
        }
        out.flush();
    }

    private void result(Finding finding, Rule rule, String text) throws IOException {
        String platform = finding.platform().map(each -> " (" + each + ")").orElse("");
        out.writeStartObject();
        out.writeStringField("ruleId", rule.id());
        out.writeNumberField("ruleIndex", RULES.indexOf(rule));
        out.writeStringField("level", rule.level());
        message("message", finding.image() + platform + ": " + text);
        out.writeArrayFieldStart("locations");
        out.writeStartObject();
        out.writeObjectFieldStart("physicalLocation");
        out.writeObjectFieldStart("artifactLocation");
        out.writeStringField("uri", "docker://" + finding.image());
        out.writeEndObject();
        out.writeEndObject();
        out.writeArrayFieldStart("logicalLocations");
        out.writeStartObject();
        out.writeStringField("fullyQualifiedName", finding.image() + platform);
        out.writeStringField("kind", "image");
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
        if (finding.digest().isPresent()) {
            out.writeObjectFieldStart("properties");
            out.writeStringField("digest", finding.digest().get().toString());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private void message(String name, String text) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeStringField("text", text);
        out.writeEndObject();
    }

    @Override
    public void end(Summary summary) throws IOException {
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
        out.writeRaw('\n');
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
