package io.crs.image.registry;

import io.crs.image.InvalidImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One registry, as a client meets it: asked with what it wants to see, followed where it sends to, tried again. */
final class RegistryClient {
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final RegistryAccess access;
    private final String name;
    private final URI address;
    private final Destinations destinations;
    private final Authorization authorization;
    private @Nullable Exchange exchange;

    RegistryClient(RegistryAccess access, String name) {
        this.access = access;
        this.name = name;
        this.address = access.address(name);
        this.destinations = new Destinations(address, access.allowedHosts);
        this.authorization = new Authorization(
                name,
                access.credentials,
                access.plainHttp,
                new TokenService(
                        address,
                        destinations,
                        (uri, call, headers) -> persistently(call, uri, () -> send(uri, call, headers))));
    }

    /** The registry as its images name it. */
    String name() {
        return name;
    }

    RegistryAccess access() {
        return access;
    }

    /** Resolves what an answer names, such as the place of an upload, if the client may go there. */
    URI resolve(Answer answer, String location, String what) throws RegistryException {
        return destinations.check(answer.uri(), location, what);
    }

    /**
     * Asks, and returns whatever the answer is, but for refusals that are mended by showing credentials.
     *
     * @throws RegistryException if the registry cannot be asked, or goes on refusing
     */
    Answer call(Call call) throws IOException {
        return persistently(call, target(call), () -> authorized(call));
    }

    /**
     * Asks, and returns the answer if it is a good one.
     *
     * @throws RegistryException if it is not; the message says what the registry said
     */
    Answer success(Call call) throws IOException {
        Answer answer = call(call);
        if (answer.isSuccess()) {
            return answer;
        }
        try (answer) {
            throw refused(call, answer);
        }
    }

    /** Asks at an address that a manifest names, without credentials. */
    Answer elsewhere(String target, String what) throws IOException {
        URI uri = destinations.check(address, target, "layer's address");
        Call call = Call.get(uri.toString(), Scope.catalog(), what);
        return persistently(call, uri, () -> followed(uri, call, Optional.empty()));
    }

    RegistryException refused(Call call, Answer answer) throws IOException {
        String said = answer.problem();
        String words = said.isEmpty() ? "" : ", \"" + said + "\"";
        int status = answer.status();
        String message =
                switch (status) {
                    case 401 ->
                        authorization
                                .credentials(call.scope())
                                .map(shown -> "the registry refuses "
                                        + (shown.user().isEmpty() ? "the token" : "user \"" + shown.user() + "\""))
                                .orElse("the registry wants credentials: log in (docker login " + name
                                        + "), or give them");
                    case 403 -> "not allowed with these credentials";
                    case 404 -> "not there";
                    case 405 -> "the registry does not allow it; it may be read-only";
                    case 407 ->
                        access.proxy.authorization(target(call)).isPresent()
                                ? "the proxy refuses the user and password of its address, or this JVM keeps them"
                                        + " back (jdk.http.auth.tunneling.disabledSchemes)"
                                : "the proxy wants a user and a password: give them in its address";
                    case 413 -> "too large for the registry, or for a proxy in front of it";
                    case 429 -> "the registry is asked too often";
                    default -> "the registry failed";
                };
        return new RegistryException(call.what() + ": " + message + " (status " + status + words + ")", status);
    }

    private URI target(Call call) {
        return call.target().startsWith("/") ? address.resolve(call.target()) : URI.create(call.target());
    }

    private Answer persistently(Call call, URI target, Retry.Attempt attempt) throws IOException {
        try {
            return new Retry(call, access.longestWait).run(attempt);
        } catch (RegistryException e) {
            throw e;
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new RegistryException(call.what() + ": no connection to " + target.getAuthority() + hint(e), e);
        } catch (SSLException e) {
            throw new RegistryException(call.what() + ": " + tlsProblem(target, e), e);
        } catch (InterruptedIOException | InvalidImageException e) {
            throw e instanceof SocketTimeoutException
                    ? new RegistryException(call.what() + ": " + e.getMessage(), e)
                    : e;
        } catch (IOException e) {
            throw new RegistryException(
                    call.what() + ": the connection to " + target.getAuthority() + " broke: " + e.getMessage(), e);
        }
    }

    private static String hint(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return ": the host is not known";
            }
        }
        return e instanceof HttpConnectTimeoutException ? " within the time allowed" : "";
    }

    private static String tlsProblem(URI target, SSLException e) {
        String said = String.valueOf(e.getMessage());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return "the certificate of " + target.getAuthority() + " is not trusted (" + said
                        + "): give the authority that signed it";
            }
        }
        return "TLS with " + target.getAuthority() + " failed (" + said
                + "): if it does not speak TLS, plain HTTP must be asked for";
    }

    /** A refusal teaches what to show, once; a token that became old meanwhile is renewed, once. */
    private Answer authorized(Call call) throws IOException {
        URI target = target(call);
        boolean own = Destinations.isSameOrigin(target, address);
        Optional<String> shown = own ? authorization.header(call.scope()) : Optional.empty();
        Answer answer = followed(target, call, shown);
        if (answer.status() != 401 || !own) {
            return answer;
        }
        List<String> challenges = answer.headers().allValues("WWW-Authenticate");
        if (challenges.isEmpty() || !authorization.learn(challenges, call.scope(), shown)) {
            return answer;
        }
        answer.close();
        return followed(target, call, authorization.header(call.scope()));
    }

    /** Credentials go to the registry alone, wherever it sends to. */
    private Answer followed(URI target, Call call, Optional<String> shown) throws IOException {
        URI at = target;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            Map<String, String> headers = new HashMap<>();
            if (shown.isPresent() && Destinations.isSameOrigin(at, target)) {
                headers.put("Authorization", shown.get());
            }
            Answer answer = send(at, call, headers);
            Optional<String> location = answer.header("Location");
            if (!REDIRECTS.contains(answer.status()) || location.isEmpty()) {
                return answer;
            }
            answer.close();
            at = destinations.check(at, location.get(), "redirect");
        }
        throw new RegistryException(call.what() + ": more than " + MOST_REDIRECTS + " redirects", 0);
    }

    private Answer send(URI uri, Call call, Map<String, String> headers) throws IOException {
        return exchange().send(uri, call, headers, destinations.isTrusted(uri));
    }

    private synchronized Exchange exchange() {
        if (exchange == null) {
            exchange = new Exchange(access);
        }
        return exchange;
    }

    /** Ends the connections; whoever asks again makes new ones. */
    synchronized void close() {
        if (exchange != null) {
            exchange.close();
            exchange = null;
        }
    }
}
