package io.crs.image.registry;

import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import io.crs.secret.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The service a registry sends its clients to for tokens; it is asked by the protocols of Docker's distribution and OAuth 2. */
final class TokenService {
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final int LONGEST_TOKEN = 64 << 10;
    private static final long USUAL_SECONDS = 60;

    private final URI registry;
    private final Destinations destinations;
    private final Sender sender;

    /** Sends one request as it is, tried again where that may help. */
    @FunctionalInterface
    interface Sender {
        Answer send(URI uri, Call call, Map<String, String> headers) throws IOException;
    }

    TokenService(URI registry, Destinations destinations, Sender sender) {
        this.registry = registry;
        this.destinations = destinations;
        this.sender = sender;
    }

    /**
     * Gets a token.
     *
     * @throws RegistryException if the service must not be asked, refuses, or gives none
     */
    Token token(Challenge challenge, Scope scope, Optional<Credentials> credentials) throws IOException {
        String realm = challenge
                .parameter("realm")
                .orElseThrow(() -> new RegistryException(
                        Destinations.host(registry) + " asks for a token and names no token service", 401));
        URI target = destinations.check(registry, realm, "token service");
        boolean identity = credentials
                .filter(each -> each.kind() == Credentials.Kind.IDENTITY_TOKEN)
                .isPresent();
        String service = challenge.parameter("service").orElse("");
        String what = "the token service " + Destinations.host(target) + " of " + Destinations.host(registry);
        try (Answer answer = identity
                ? byIdentity(target, service, scope, credentials.orElseThrow(), what)
                : byPassword(target, service, scope, credentials, what)) {
            if (!answer.isSuccess()) {
                throw refused(answer, what, credentials);
            }
            return read(answer, what);
        }
    }

    private Answer byPassword(URI realm, String service, Scope scope, Optional<Credentials> credentials, String what)
            throws IOException {
        StringBuilder query = new StringBuilder();
        if (!service.isEmpty()) {
            query.append("&service=").append(encoded(service));
        }
        scope.names().forEach(name -> query.append("&scope=").append(encoded(name)));
        Map<String, String> headers = credentials
                .filter(each -> each.kind() == Credentials.Kind.PASSWORD)
                .map(each -> Map.of("Authorization", Authorization.basic(each)))
                .orElse(Map.of());
        return sender.send(withQuery(realm, query.substring(Math.min(1, query.length()))), call("GET", what), headers);
    }

    private Answer byIdentity(URI realm, String service, Scope scope, Credentials credentials, String what)
            throws IOException {
        String form = "grant_type=refresh_token&client_id=crs&service=" + encoded(service) + "&scope="
                + encoded(String.join(" ", scope.names())) + "&refresh_token=" + encoded(credentials.secret());
        byte[] bytes = form.getBytes(StandardCharsets.US_ASCII);
        Call call = call("POST", what)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with(new Call.Body(bytes.length, () -> new ByteArrayInputStream(bytes)));
        return sender.send(realm, call, Map.of());
    }

    private static Call call(String method, String what) {
        return Call.of(method, "", Scope.catalog(), what).asRepeatable();
    }

    private static URI withQuery(URI uri, String query) {
        String text = uri.toString();
        int fragment = text.indexOf('#');
        text = fragment < 0 ? text : text.substring(0, fragment);
        return URI.create(query.isEmpty() ? text : text + (text.indexOf('?') < 0 ? "?" : "&") + query);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static RegistryException refused(Answer answer, String what, Optional<Credentials> credentials) {
        String who = credentials
                .map(each -> each.user().isEmpty() ? "the token it was shown" : "user \"" + each.user() + "\"")
                .orElse("a client without credentials");
        return new RegistryException(
                what + " refused " + who + " (status " + answer.status() + "): check the credentials, or log in again",
                answer.status());
    }

    private static Token read(Answer answer, String what) throws IOException {
        Json json;
        try {
            json = Json.parse(answer.bytes(LONGEST_ANSWER, "the answer of " + what), "a token");
        } catch (MalformedException e) {
            throw new RegistryException(what + " gave no readable answer", answer.status());
        }
        String value = json.text("token")
                .filter(text -> !text.isEmpty())
                .or(() -> json.text("access_token"))
                .orElse("");
        if (value.isEmpty() || value.length() > LONGEST_TOKEN || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new RegistryException(what + " gave no usable token", answer.status());
        }
        return Token.of(value, json.integer("expires_in").orElse(USUAL_SECONDS));
    }
}
