package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void readsWhatARegistryAsksFor() {
        assertEquals(
                List.of(new Challenge(
                        "bearer",
                        Map.of(
                                "realm",
                                "https://auth.example/token",
                                "service",
                                "r",
                                "scope",
                                "repository:a:pull,push"))),
                Challenge.parse(List.of(
                        "Bearer realm=\"https://auth.example/token\",service=\"r\",scope=\"repository:a:pull,push\"")));
    }

    @Test
    void tellsSeveralChallengesOfOneHeaderApart() {
        List<Challenge> challenges = Challenge.parse(List.of(
                "Negotiate, BASIC realm=\"a, b\" , charset=\"UTF-8\",  bearer  realm = \"x\" ,error=insufficient_scope",
                "Digest qop=\"auth\""));
        assertEquals(
                List.of("negotiate", "basic", "bearer", "digest"),
                challenges.stream().map(Challenge::scheme).toList());
        assertEquals("a, b", challenges.get(1).parameter("realm").orElseThrow());
        assertEquals(
                Map.of("realm", "x", "error", "insufficient_scope"),
                challenges.get(2).parameters());
    }

    @Test
    void undoesWhatIsQuoted() {
        Challenge challenge =
                Challenge.parse(List.of("Basic realm=\"a \\\"b\\\\\"")).get(0);
        assertEquals("a \"b\\", challenge.parameter("realm").orElseThrow());
    }

    @Property
    void endsWhateverComes(@ForAll @StringLength(max = 200) String text) {
        Challenge.parse(List.of(text, "Bearer " + text, "Bearer realm=\"" + text));
    }

    @Property
    void aQuotedValueComesBackAsItWas(@ForAll @StringLength(max = 60) String value) {
        String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
        Challenge challenge = Challenge.parse(List.of("Bearer realm=\"" + quoted + "\",service=s"))
                .get(0);
        assertEquals(value, challenge.parameters().get("realm"));
        assertTrue(challenge.parameter("service").isPresent());
    }
}
