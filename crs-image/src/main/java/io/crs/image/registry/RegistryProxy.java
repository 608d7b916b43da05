package io.crs.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP proxies registries are reached through: one for {@code http:} and one for {@code https:}, and the hosts that are
 * reached without.
 *
 * <p>A proxy that wants a password for {@code https:} gets it only where the JVM runs with
 * {@code -Djdk.http.auth.tunneling.disabledSchemes=}, since the JDK keeps it back otherwise. Immutable.
 */
public final class RegistryProxy {
    private static final RegistryProxy NONE = new RegistryProxy(Optional.empty(), Optional.empty(), List.of());

    private final Optional<URI> http;
    private final Optional<URI> https;
    private final List<String> without;

    private RegistryProxy(Optional<URI> http, Optional<URI> https, List<String> without) {
        this.http = http;
        this.https = https;
        this.without = List.copyOf(without);
    }

    /** Returns that there is none. */
    public static RegistryProxy none() {
        return NONE;
    }

    /**
     * Returns one proxy for all registries.
     *
     * @param address {@code http://[user:password@]host:port}, user and password URL-encoded
     * @throws IllegalArgumentException if it is no such address; the message does not repeat it
     */
    public static RegistryProxy of(String address) {
        Optional<URI> proxy = Optional.of(address(address));
        return new RegistryProxy(proxy, proxy, List.of());
    }

    /**
     * Returns the proxies that an environment names: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, in capitals
     * or not; blank counts as absent.
     *
     * @throws IllegalArgumentException if one is no address; the message does not repeat it
     */
    public static RegistryProxy of(Map<String, String> environment) {
        List<String> without = Arrays.stream(
                        value(environment, "NO_PROXY").orElse("").split("[,\\s]+", -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.toLowerCase(Locale.ROOT))
                .toList();
        return new RegistryProxy(
                value(environment, "HTTP_PROXY").map(RegistryProxy::address),
                value(environment, "HTTPS_PROXY").map(RegistryProxy::address),
                without);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT)))
                .filter(text -> !text.isBlank())
                .or(() -> Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank()))
                .map(String::strip);
    }

    private static URI address(String text) {
        URI address;
        try {
            address = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the proxy is not an address: write http://host:port");
        }
        if (!"http".equalsIgnoreCase(address.getScheme()) || address.getHost() == null) {
            throw new IllegalArgumentException("the proxy is not an address of HTTP: write http://host:port");
        }
        return address;
    }

    /** Returns the proxy for an address; none where it is reached without. */
    Optional<URI> find(URI target) {
        if (without.stream().anyMatch(entry -> isWithout(entry, target))) {
            return Optional.empty();
        }
        return "http".equalsIgnoreCase(target.getScheme()) ? http : https;
    }

    private static boolean isWithout(String entry, URI target) {
        String host = Destinations.host(target).replaceAll("[\\[\\]]", "");
        String name = entry;
        int colon = name.lastIndexOf(':');
        if (colon > 0 && name.indexOf(':') == colon) {
            if (!name.substring(colon + 1).equals(Integer.toString(target.getPort()))) {
                return false;
            }
            name = name.substring(0, colon);
        }
        name = name.startsWith("*.") ? name.substring(1) : name;
        return name.equals("*")
                || host.equals(name.startsWith(".") ? name.substring(1) : name)
                || host.endsWith(name.startsWith(".") ? name : "." + name);
    }

    /** Returns what a proxy is shown of its address's user and password. */
    Optional<String> authorization(URI target) {
        return find(target)
                .flatMap(proxy -> Optional.ofNullable(proxy.getRawUserInfo()))
                .map(info -> URLDecoder.decode(info.replace("+", "%2B"), StandardCharsets.UTF_8))
                .map(info -> "Basic " + Base64.getEncoder().encodeToString(info.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the form the JDK wants. */
    ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI target) {
                return List.of(find(target)
                        .map(proxy -> new Proxy(
                                Proxy.Type.HTTP,
                                new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())))
                        .orElse(Proxy.NO_PROXY));
            }

            @Override
            public void connectFailed(URI target, SocketAddress address, IOException failure) {
                // The failure reaches who asked.
            }
        };
    }
}
