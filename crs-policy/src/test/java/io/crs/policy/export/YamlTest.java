package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class YamlTest {
    @Property(tries = 300)
    void anyTextComesBackAsTheTextItIs(@ForAll List<String> texts, @ForAll @StringLength(max = 50) String key) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("list", texts.stream().map(YamlTest::wellFormed).toList());
        document.put(wellFormed(key), Map.of("n", 1, "no", true, "list", List.of(List.of("a"), Map.of("b", "- c"))));
        String yaml = Yaml.write(document);
        assertEquals(document, YamlReader.read(yaml));
        assertTrue(yaml.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F)));
    }

    @Property(tries = 100)
    void aCommentNeverEndsEarly(@ForAll String text) {
        assertTrue(Yaml.comment(text).lines().allMatch(line -> line.startsWith("# ")));
    }

    @Test
    void textThatLooksLikeSyntaxIsText() {
        List<String> texts = List.of(
                "x\"\n- evil: true", "---", "&a", "*a", "!!python/object", "yes", "0x1", "\u2028a: b", "\u0085", "#");
        assertEquals(texts, ((Map<?, ?>) YamlReader.read(Yaml.write(Map.of("t", texts)))).get("t"));
    }

    /** A generated text may have halves of surrogate pairs, which no policy has. */
    private static String wellFormed(String text) {
        return text.codePoints()
                .filter(c -> Character.getType(c) != Character.SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
