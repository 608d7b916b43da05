package io.crs.policy;

/** The address of a network call: of the other end, or where a socket is bound. */
public sealed interface Endpoint {
    /** The call has an address that is not known. */
    Endpoint UNKNOWN = new Unknown();

    /** The call carries no address. */
    Endpoint NONE = new None();

    /** An address that is not known: only patterns for any address match it. */
    record Unknown() implements Endpoint {}

    /** No address, as of a {@code send} on a connected socket. */
    record None() implements Endpoint {}

    /**
     * An IPv4 or IPv6 address.
     *
     * @param address the address; {@code 0.0.0.0} and {@code ::} become the loopback address, which they reach
     */
    record Inet(IpAddress address) implements Endpoint {
        /** Makes an unspecified address the loopback address. */
        public Inet {
            address = address.orLoopback();
        }
    }

    /**
     * An address of another family, which no network rule and no network default is about.
     *
     * @param text the socket's path, with {@code @} first if it is abstract; empty if there is no text for it
     */
    record Other(String text) implements Endpoint {
        /** Makes the text well-formed. */
        public Other {
            text = Texts.wellFormed(text);
        }
    }

    /**
     * The endpoint a text names: an IP address, with or without a zone id, or a socket's path, which has a {@code /} in
     * it or begins with {@code @}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Endpoint of(String text) {
        int zone = text.indexOf(':') >= 0 ? text.indexOf('%') : -1;
        return IpAddress.parse(zone < 0 ? text : text.substring(0, zone))
                .<Endpoint>map(Inet::new)
                .orElseGet(() -> {
                    if (text.indexOf('/') < 0 && !text.startsWith("@")) {
                        throw new IllegalArgumentException(Quoted.of(text)
                                + " is no IP address, and no socket path, which has a / in it or begins with @");
                    }
                    return new Other(text);
                });
    }
}
