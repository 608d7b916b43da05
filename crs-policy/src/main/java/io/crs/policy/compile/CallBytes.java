package io.crs.policy.compile;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call with its texts as the UTF-8 that the globs of a table match; what is not known is null, or not there. */
final class CallBytes {
    final Call call;
    final byte[][] programs;
    final byte @Nullable [] requested;
    final byte @Nullable [] resolved;
    final byte @Nullable [] newRequested;
    final byte @Nullable [] newResolved;
    /** An IP address; null if there is none. */
    final byte @Nullable [] address;

    private byte @Nullable [][] ancestors;
    private byte @Nullable [] addressText;

    CallBytes(Call call) {
        this.call = call;
        programs = utf8(call.programs());
        requested = utf8(call.path().requested());
        resolved = same(call.path()) ? requested : utf8(call.path().resolved());
        newRequested = utf8(call.newPath().requested());
        newResolved = same(call.newPath()) ? newRequested : utf8(call.newPath().resolved());
        address = call.address() instanceof Endpoint.Inet inet ? inet.address().bytes() : null;
    }

    private static boolean same(FilePath path) {
        return path.resolved().equals(path.requested());
    }

    private static byte[][] utf8(List<String> texts) {
        return texts.stream().map(CallBytes::utf8).toArray(byte[][]::new);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] utf8(Optional<String> text) {
        return text.isPresent() ? utf8(text.get()) : null;
    }

    byte[][] ancestors() {
        if (ancestors == null) {
            ancestors = utf8(call.ancestors());
        }
        return ancestors;
    }

    /** The address as text, or the path of a socket; null if there is none. */
    byte @Nullable [] addressText() {
        if (addressText == null) {
            if (call.address() instanceof Endpoint.Inet inet) {
                addressText = utf8(inet.address().toString());
            } else if (call.address() instanceof Endpoint.Other other) {
                addressText = utf8(other.text());
            }
        }
        return addressText;
    }

    byte @Nullable [] name() {
        return call.name().isPresent() ? utf8(call.name().get()) : addressText();
    }
}
