package io.crs.image.registry;

import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one registry is shown with each request: nothing, a password, or a token that its token service gave. Learnt from the
 * first refusal, then kept.
 */
final class Authorization {
    private static final Logger LOG = LoggerFactory.getLogger(Authorization.class);
    private static final int MOST_TOKENS = 1_000;

    private final String registry;
    private final CredentialSource source;
    private final boolean plainHttp;
    private final TokenService service;
    private final Map<List<String>, Token> tokens = new LinkedHashMap<>();
    private final Map<String, Optional<Credentials>> credentials = new HashMap<>();
    private @Nullable Challenge challenge;
    private boolean warned;

    Authorization(String registry, CredentialSource source, boolean plainHttp, TokenService service) {
        this.registry = registry;
        this.source = source;
        this.plainHttp = plainHttp;
        this.service = service;
    }

    /** Returns the header for a request, as far as is known what the registry wants; none if nothing is. */
    synchronized Optional<String> header(Scope scope) throws IOException {
        Challenge wanted = challenge;
        if (wanted == null) {
            return Optional.empty();
        }
        if (wanted.scheme().equals("basic")) {
            return credentials(scope).map(Authorization::basic);
        }
        Token known = tokens.get(scope.names());
        if (known == null || known.isOld()) {
            known = renewed(wanted, scope, scope);
        }
        return Optional.of("Bearer " + known.value());
    }

    /**
     * Learns from a refusal.
     *
     * @param shown what the refused request was shown; a token that others renewed meanwhile is not asked for again
     * @return whether it is worth asking again
     */
    synchronized boolean learn(List<String> headers, Scope scope, Optional<String> shown) throws IOException {
        Optional<Challenge> found = choose(Challenge.parse(headers));
        if (found.isEmpty()) {
            return false;
        }
        Challenge wanted = found.get();
        challenge = wanted;
        if (shown.isPresent()) {
            credentials.clear(); // they may have been changed, by a login
        }
        if (wanted.scheme().equals("basic")) {
            Optional<String> now = credentials(scope).map(Authorization::basic);
            return now.isPresent() && !now.equals(shown);
        }
        Token known = tokens.get(scope.names());
        if (known != null && !shown.equals(Optional.of("Bearer " + known.value()))) {
            return true;
        }
        renewed(wanted, wanted.parameter("scope").map(scope::asked).orElse(scope), scope);
        return true;
    }

    /** Whose credentials are shown, for messages. */
    synchronized Optional<Credentials> credentials(Scope scope) throws IOException {
        Optional<Credentials> found = credentials.get(scope.repository());
        if (found == null) {
            found = source.find(registry, scope.repository());
            if (credentials.size() < MOST_TOKENS) {
                credentials.put(scope.repository(), found);
            }
        }
        if (found.isPresent() && plainHttp && !warned) {
            warned = true;
            LOG.warn("credentials for {} go over plain HTTP, where others can read them", registry);
        }
        return found;
    }

    private Token renewed(Challenge wanted, Scope asked, Scope scope) throws IOException {
        Optional<Credentials> shown = credentials(scope);
        if (shown.isPresent() && shown.get().kind() == Credentials.Kind.BEARER_TOKEN) {
            return Token.lasting(shown.get().secret());
        }
        Token token = service.token(wanted, asked, shown);
        if (tokens.size() >= MOST_TOKENS) {
            tokens.remove(tokens.keySet().iterator().next());
        }
        tokens.put(scope.names(), token);
        return token;
    }

    private static Optional<Challenge> choose(List<Challenge> challenges) {
        List<Challenge> known = new ArrayList<>();
        for (String scheme : List.of("bearer", "basic")) {
            challenges.stream().filter(each -> each.scheme().equals(scheme)).forEach(known::add);
        }
        return known.stream().findFirst();
    }

    static String basic(Credentials credentials) {
        return switch (credentials.kind()) {
            case PASSWORD ->
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString((credentials.user() + ":" + credentials.secret())
                                        .getBytes(StandardCharsets.UTF_8));
            case IDENTITY_TOKEN, BEARER_TOKEN -> "Bearer " + credentials.secret();
        };
    }
}
