package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Json parse(String text) throws MalformedException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), "text");
    }

    @Property(tries = 300)
    void writesBackWhatItReads(@ForAll("documents") String text) throws Exception {
        assertEquals(text, parse(text).toString());
    }

    @Property(tries = 300)
    void changesOneMemberAndNoOther(@ForAll("documents") String before, @ForAll("documents") String after)
            throws Exception {
        String text = "{\"a\":" + before + ",\"x\":1,\"z\":" + after + "}";
        assertEquals(
                "{\"a\":" + before + ",\"x\":\"new\",\"z\":" + after + "}",
                parse(text).with("x", Json.of("new")).toString());
        assertEquals(
                "{\"a\":" + before + ",\"z\":" + after + "}",
                parse(text).without("x").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{}{}", "{\"a\":1,\"a\":2}", "[1,]", "nul", "\"\\ud800", "{\"a\":{\"b\":1,\"b\":1}}"})
    void refusesWhatIsNoJsonOrSaysAThingTwice(String text) {
        MalformedException refused = assertThrows(MalformedException.class, () -> parse(text));
        assertTrue(refused.getMessage().startsWith("text "), refused.getMessage());
    }

    @Test
    void refusesDeepNesting() {
        assertThrows(MalformedException.class, () -> parse("[".repeat(100_000) + "]".repeat(100_000)));
    }

    @Provide
    Arbitrary<String> documents() {
        Arbitrary<String> leaves = Arbitraries.oneOf(
                Arbitraries.of(
                        "null",
                        "true",
                        "false",
                        "0",
                        "-0",
                        "1.00",
                        "1e3",
                        "1E-7",
                        "123456789012345678901234567890",
                        "\"\""),
                Arbitraries.strings().alpha().map(text -> "\"" + text + "\\n\\u0001\u00e9\\\"\""));
        return nested(nested(leaves));
    }

    private static Arbitrary<String> nested(Arbitrary<String> values) {
        return Arbitraries.oneOf(
                values,
                values.list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]"),
                values.list().ofMaxSize(3).map(JsonTest::object));
    }

    private static String object(List<String> values) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",")
                    .append("\"m")
                    .append(9 - i)
                    .append("\":")
                    .append(values.get(i));
        }
        return text.append("}").toString();
    }
}
