package io.crs.agent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What an agent presents to be let in: the user and the password of its back end's URL.
 *
 * @param user its name, without a colon; may be empty
 * @param password the secret that goes with it; never part of {@link #toString}
 */
public record AgentCredentials(String user, String password) {
    /** Whether both agree with others; takes as long wherever they differ. */
    public boolean matches(AgentCredentials other) {
        boolean user = isSame(this.user, other.user);
        boolean password = isSame(this.password, other.password);
        return user && password;
    }

    private static boolean isSame(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AgentCredentials[user=" + user + "]";
    }
}
