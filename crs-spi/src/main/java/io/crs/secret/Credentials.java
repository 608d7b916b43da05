package io.crs.secret;

import java.util.Objects;

/**
 * What a client shows to a service to be let in. The secret is never part of {@link #toString}.
 *
 * @param kind what the secret is
 * @param user the user's name; blank for tokens
 * @param secret the password or token
 */
public record Credentials(Kind kind, String user, String secret) {
    /** What a secret is. */
    public enum Kind {
        /** A password, shown with the user's name. */
        PASSWORD,
        /** A token that an authorization service takes for others (OAuth 2's refresh token). */
        IDENTITY_TOKEN,
        /** A token that the service itself takes. */
        BEARER_TOKEN
    }

    /** All three are there; a user's name has no colon, as HTTP cannot carry one. */
    public Credentials {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(secret, "secret");
        if (user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("the name of a user cannot have a colon");
        }
    }

    /** Returns a user's name and password. */
    public static Credentials password(String user, String password) {
        return new Credentials(Kind.PASSWORD, user, password);
    }

    /** Returns a token for an authorization service. */
    public static Credentials identityToken(String token) {
        return new Credentials(Kind.IDENTITY_TOKEN, "", token);
    }

    /** Returns a token for the service itself. */
    public static Credentials bearerToken(String token) {
        return new Credentials(Kind.BEARER_TOKEN, "", token);
    }

    @Override
    public String toString() {
        return "Credentials[" + kind + (user.isEmpty() ? "" : ", user=" + user) + "]";
    }
}
