package io.crs.image.registry;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Where a registry may send its client: to itself, and to public addresses over TLS.
 *
 * <p>What a registry answers is hostile input. A token service, a redirect or an upload's place that lies in a private
 * network would let it reach what only the client can; those are followed where the registry itself is of such a network,
 * or where they were allowed by name. Addresses of a machine's own metadata service never are.
 */
final class Destinations {
    private final URI registry;
    private final Set<String> allowed;

    /**
     * Makes a guard.
     *
     * @param registry the registry's own address
     * @param allowed hosts, with their port where one is meant, that may be sent to wherever they are
     */
    Destinations(URI registry, Set<String> allowed) {
        this.registry = registry;
        this.allowed = Set.copyOf(allowed);
    }

    /** Returns whether both are of one scheme, host and port: what may be told to the one may be told to the other. */
    static boolean isSameOrigin(URI left, URI right) {
        return scheme(left).equals(scheme(right)) && isSameHost(left, right) && port(left) == port(right);
    }

    /** Returns whether a host is the registry's or was allowed by name: its certificate is judged as the registry's is. */
    boolean isTrusted(URI uri) {
        return (isSameHost(uri, registry) && port(uri) == port(registry))
                || allowed.contains(host(uri))
                || allowed.contains(host(uri) + ":" + port(uri));
    }

    /**
     * Returns where to go for an answer's address, resolved against what was asked.
     *
     * @param what what it is, for the message
     * @throws RegistryException if the client must not go there
     */
    URI check(URI asked, String address, String what) throws RegistryException {
        URI target;
        try {
            target = asked.resolve(address);
        } catch (IllegalArgumentException e) {
            throw refused(what, "is not an address");
        }
        String scheme = scheme(target);
        if (host(target).isEmpty() || !(scheme.equals("https") || scheme.equals("http"))) {
            throw refused(what, "is not an address of HTTP");
        }
        if (target.getRawUserInfo() != null) {
            throw refused(what, "has credentials in it");
        }
        if (scheme.equals("http") && !scheme(registry).equals("http")) {
            // Behind a proxy that ends TLS a registry knows itself by http alone.
            if (isSameHost(target, registry) && (target.getPort() == registry.getPort() || target.getPort() < 0)) {
                target = URI.create("https:" + target.toString().substring("http:".length()));
            } else {
                throw refused(what, "leads from https to plain http at " + host(target));
            }
        }
        checkAddress(target, what);
        return target;
    }

    private void checkAddress(URI target, String what) throws RegistryException {
        if (isSameHost(target, registry)) {
            return;
        }
        boolean trusted = isTrusted(target);
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host(target));
        } catch (UnknownHostException e) {
            return; // behind a proxy only the proxy knows names; without one the connection fails by this name
        }
        for (InetAddress address : addresses) {
            if (isMetadata(address)) {
                throw refused(what, "leads to " + host(target) + ", an address of this machine's network alone");
            }
            if (!trusted && isInner(address) && !registryIsInner()) {
                throw refused(
                        what,
                        "leads to " + host(target)
                                + ", which lies in a private network the registry is not of; allow the"
                                + " host if it is yours");
            }
        }
    }

    private boolean registryIsInner() {
        try {
            for (InetAddress address : InetAddress.getAllByName(host(registry))) {
                if (isInner(address)) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isMetadata(InetAddress address) {
        byte[] bytes = address.getAddress();
        // fd00:ec2::/32 is where a cloud answers machines of IPv6.
        boolean cloud = bytes.length == 16
                && bytes[0] == (byte) 0xfd
                && bytes[1] == 0
                && bytes[2] == 0x0e
                && bytes[3] == (byte) 0xc2;
        return address.isLinkLocalAddress() || address.isMulticastAddress() || address.isAnyLocalAddress() || cloud;
    }

    private static boolean isInner(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean unique = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return address.isLoopbackAddress() || address.isSiteLocalAddress() || unique || shared;
    }

    private RegistryException refused(String what, String why) {
        return new RegistryException(
                host(registry) + ": the " + what + " the registry names " + why + ": not followed", 0);
    }

    private static boolean isSameHost(URI left, URI right) {
        return host(left).equals(host(right));
    }

    private static String scheme(URI uri) {
        return Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    }

    static String host(URI uri) {
        return Objects.requireNonNullElse(uri.getHost(), "").toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : scheme(uri).equals("http") ? 80 : 443;
    }
}
