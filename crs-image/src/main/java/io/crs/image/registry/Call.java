package io.crs.image.registry;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request to a registry.
 *
 * @param method of HTTP
 * @param target a path below the registry's address, or a whole address
 * @param headers by name
 * @param body what is sent; none for requests without a body
 * @param scope what the client must be allowed
 * @param what what is asked for, for messages
 * @param repeatable whether it does no harm to ask twice
 */
record Call(
        String method,
        String target,
        Map<String, String> headers,
        Optional<Body> body,
        Scope scope,
        String what,
        boolean repeatable) {
    Call {
        headers = Map.copyOf(headers);
    }

    /** What a request carries: as long as it says, and opened anew for each try. */
    record Body(long length, Opener opener) {}

    /** Opens a body at its first byte. */
    @FunctionalInterface
    interface Opener {
        InputStream open();
    }

    static Call get(String target, Scope scope, String what) {
        return new Call("GET", target, Map.of(), Optional.empty(), scope, what, true);
    }

    static Call head(String target, Scope scope, String what) {
        return new Call("HEAD", target, Map.of(), Optional.empty(), scope, what, true);
    }

    static Call of(String method, String target, Scope scope, String what) {
        return new Call(method, target, Map.of(), Optional.empty(), scope, what, false);
    }

    Call with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Call(method, target, more, body, scope, what, repeatable);
    }

    Call with(Body sent) {
        return new Call(method, target, headers, Optional.of(sent), scope, what, repeatable);
    }

    Call asRepeatable() {
        return new Call(method, target, headers, body, scope, what, true);
    }
}
