package io.crs.image.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Image;
import io.crs.image.fixture.HttpFixture;
import io.crs.image.fixture.HttpFixture.Request;
import io.crs.image.fixture.HttpFixture.Response;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.RegistryFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a registry is shown that lets in only who has a token of its service, for what the token is for. */
class AuthorizationTest {
    private RegistryFixture registry;
    private HttpFixture service;
    private boolean firstScopeAlone;
    private int goodFor = Integer.MAX_VALUE;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        service = new HttpFixture(this::token);
        registry.fault(this::gate);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
        service.close();
    }

    /** A token is the list of what it is for, and good for some requests. */
    private Response token(Request request) {
        List<String> scopes = scopes(request.target());
        if (request.method().equals("POST")) {
            String form = new String(request.body(), UTF_8);
            if (!form.contains("refresh_token=id%2Btoken") || !form.contains("grant_type=refresh_token")) {
                return Response.of(401, "");
            }
            scopes = List.of(URLDecoder.decode(form.replaceFirst(".*&scope=([^&]*).*", "$1"), UTF_8)
                    .split(" ", -1));
        } else if (!request.header("Authorization").equals("Basic " + base64("us/er:pä ss:word"))) {
            return Response.of(401, "{\"details\":\"incorrect username or password\"}");
        }
        String content = base64(String.join(" ", firstScopeAlone ? scopes.subList(0, 1) : scopes));
        return Response.of(200, "{\"token\":\"" + content + "\",\"expires_in\":300}");
    }

    private static List<String> scopes(String target) {
        List<String> scopes = new ArrayList<>();
        for (String each : target.replaceFirst("^[^?]*\\??", "").split("&", -1)) {
            if (each.startsWith("scope=")) {
                scopes.add(URLDecoder.decode(each.substring(6), UTF_8));
            }
        }
        return scopes;
    }

    private Optional<Response> gate(Request request) {
        String repository = request.target().replaceFirst("^/v2/(.*)/(blobs|manifests)/.*", "$1");
        String needed =
                "repository:" + repository + ":" + (request.method().matches("GET|HEAD") ? "pull" : "pull,push");
        String shown = request.header("Authorization").replaceFirst("^Bearer ", "");
        List<String> held =
                List.of(new String(Base64.getDecoder().decode(shown.isEmpty() ? "" : shown), UTF_8).split(" ", -1));
        boolean enough = held.contains(needed) || held.contains(needed + ",push");
        if (enough && goodFor-- > 0) {
            return Optional.empty();
        }
        if (goodFor <= 0) {
            goodFor = Integer.MAX_VALUE;
        }
        return Optional.of(
                Response.of(401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}")
                        .with(
                                "WWW-Authenticate",
                                "Bearer realm=\"http://" + service.host() + "/token\",service=\"the registry\",scope=\""
                                        + needed + "\""));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static RegistryAccess access(CredentialSource source) {
        return RegistryAccess.builder()
                .plainHttp()
                .proxy(RegistryProxy.none())
                .credentials(source)
                .build();
    }

    private static RegistryAccess access() {
        return access(CredentialSource.of(Credentials.password("us/er", "pä ss:word")));
    }

    private Reference reference(String name) {
        return Reference.parse(registry.host() + "/" + name);
    }

    private static ImageFixture fixture() {
        return ImageFixture.of(new TarFixture().file("a", "a"), new TarFixture().file("b", "b"));
    }

    @Test
    void oneTokenServesAWholeImage() throws IOException {
        registry.image("app", "1", fixture());
        Image image = (Image) Registry.read(reference("app:1"), access());
        image.layers().get(0).verify();
        image.layers().get(1).verify();
        assertEquals(1, service.requests().size());
        assertEquals(
                List.of("repository:app:pull"), scopes(service.requests().get(0).target()));
        assertTrue(service.requests().get(0).target().contains("service=the+registry"));
    }

    @Test
    void aTokenForWritingIsAskedForWhenItIsWritten() throws IOException {
        registry.image("app", "1", fixture());
        RegistryAccess access = access();
        Registry.write(Registry.read(reference("app:1"), access), reference("other:1"), access);
        assertEquals(
                List.of("repository:other:pull,push", "repository:app:pull"),
                scopes(service.requests().get(1).target()));
        assertEquals(2, service.requests().size());
    }

    @Test
    void aServiceThatLooksAtTheFirstScopeAloneIsEnough() throws IOException {
        firstScopeAlone = true;
        registry.image("app", "1", fixture());
        RegistryAccess access = access();
        Registry.write(Registry.read(reference("app:1"), access), reference("other:1"), access);
        ((Image) Registry.read(reference("other:1"), access)).layers().get(1).verify();
    }

    @Test
    void aTokenThatEndsInTheMiddleIsRenewedOnce() throws IOException {
        registry.image("app", "1", fixture());
        goodFor = 2;
        Image image = (Image) Registry.read(reference("app:1"), access());
        image.layers().get(0).verify();
        image.layers().get(1).verify();
        assertEquals(2, service.requests().size());
    }

    @Test
    void anIdentityTokenIsExchanged() throws IOException {
        registry.image("app", "1", fixture());
        Registry.read(reference("app:1"), access(CredentialSource.of(Credentials.identityToken("id+token"))));
        assertEquals("POST", service.requests().get(0).method());
    }

    @Test
    void aTokenOfTheRegistryItselfIsShownAsItIs() throws IOException {
        registry.image("app", "1", fixture());
        Credentials token = Credentials.bearerToken(base64("repository:app:pull"));
        Registry.read(reference("app:1"), access(CredentialSource.of(token)));
        assertEquals(0, service.requests().size());
    }

    @Test
    void wrongCredentialsAreNamedByTheirUserAlone() {
        CredentialSource wrong = CredentialSource.of(Credentials.password("somebody", "s3cret"));
        RegistryException e =
                assertThrows(RegistryException.class, () -> Registry.read(reference("app:1"), access(wrong)));
        assertTrue(e.getMessage().contains("refused user \"somebody\""), e.getMessage());
        assertFalse(e.toString().contains("s3cret"), e.toString());
        assertFalse(wrong.toString().contains("s3cret"));
    }

    @Test
    void nobodyIsToldToLogIn() {
        registry.fault(request -> Optional.of(Response.of(401, "").with("WWW-Authenticate", "Basic realm=\"x\"")));
        RegistryException e = assertThrows(
                RegistryException.class, () -> Registry.read(reference("app:1"), access(CredentialSource.none())));
        assertTrue(e.getMessage().contains("docker login " + registry.host()), e.getMessage());
        assertEquals(401, e.status().orElse(0));
    }

    @Test
    void aServiceAmongTheMachinesOwnAddressesIsNotAsked() {
        registry.fault(request -> Optional.of(Response.of(401, "")
                .with("WWW-Authenticate", "Bearer realm=\"http://169.254.169.254/latest\",service=\"x\"")));
        RegistryException e = assertThrows(RegistryException.class, () -> Registry.read(reference("app:1"), access()));
        assertTrue(e.getMessage().contains("token service"), e.getMessage());
        assertFalse(e.getMessage().contains("latest"), e.getMessage());
    }

    @Test
    void anAnswerThatIsNoTokenIsSaidToBeNone() throws IOException {
        for (String body : List.of("", "[]", "{\"token\":\"\"}", "{\"token\":\"a\\r\\nX: y\"}", "x".repeat(2 << 20))) {
            try (HttpFixture odd = new HttpFixture(request -> Response.of(200, body))) {
                registry.fault(request -> Optional.of(
                        Response.of(401, "").with("WWW-Authenticate", "Bearer realm=\"http://" + odd.host() + "/t\"")));
                assertThrows(IOException.class, () -> Registry.read(reference("app:1"), access()));
            }
        }
    }
}
