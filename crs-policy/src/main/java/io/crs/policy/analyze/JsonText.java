package io.crs.policy.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Call;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Writes one JSON object as one line of text. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** Writes the fields of an object. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    static String object(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes a field with a call, or null. */
    static void call(JsonGenerator out, String field, Optional<Call> call, Arch arch) throws IOException {
        out.writeFieldName(field);
        if (call.isPresent()) {
            out.writeRawValue(call.get().toJson(arch));
        } else {
            out.writeNull();
        }
    }
}
