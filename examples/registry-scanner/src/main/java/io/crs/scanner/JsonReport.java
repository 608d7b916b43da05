package io.crs.scanner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.scanner.Finding.Outcome;
import java.io.IOException;
import java.io.Writer;

/** One JSON document: {@code {"images":[…],"summary":{…}}}; the verdict of each image as {@code crs image check} gives it. */
final class JsonReport implements Report {
    private final JsonGenerator out;

    JsonReport(Writer writer) throws IOException {
        out = new JsonFactory().createGenerator(writer);
        out.writeStartObject();
        out.writeArrayFieldStart("images");
    }

    @Override
    public void add(Finding finding) throws IOException {
        out.writeStartObject();
        out.writeStringField("image", finding.image());
        text("digest", finding.digest().map(Object::toString).orElse(null));
        text("platform", finding.platform().orElse(null));
        out.writeBooleanField("instrumented", finding.isInstrumented());
        out.writeFieldName("verdict");
        if (finding.verdict().isPresent()) {
            out.writeRawValue(finding.verdict().get().toJson());
        } else {
            out.writeNull();
        }
        text("error", finding.error().orElse(null));
        out.writeEndObject();
        out.flush();
    }

    private void text(String name, @org.jspecify.annotations.Nullable String value) throws IOException {
        out.writeFieldName(name);
        if (value == null) {
            out.writeNull();
        } else {
            out.writeString(value);
        }
    }

    @Override
    public void end(Summary summary) throws IOException {
        out.writeEndArray();
        out.writeObjectFieldStart("summary");
        out.writeNumberField("instrumentable", summary.count(Outcome.YES));
        out.writeNumberField("notInstrumentable", summary.count(Outcome.NO));
        out.writeNumberField("failed", summary.count(Outcome.FAILED));
        out.writeNumberField("instrumented", summary.instrumented());
        out.writeEndObject();
        out.writeEndObject();
        out.writeRaw('\n');
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
