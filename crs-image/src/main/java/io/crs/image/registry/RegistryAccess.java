package io.crs.image.registry;

import io.crs.secret.CredentialSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * How registries are reached: credentials, certificates, proxies, patience.
 *
 * <p>An access keeps connections and the tokens that registries gave, so that many images of one registry are asked for with
 * one handshake: make one for a host's lifetime, and close it at the end. Safe for all threads.
 */
public final class RegistryAccess implements AutoCloseable {
    private static final RegistryAccess STANDARD = builder().build();

    final CredentialSource credentials;
    final Tls tls;
    final boolean plainHttp;
    final RegistryProxy proxy;
    final Set<String> allowedHosts;
    final Duration connectTimeout;
    final Duration idleTimeout;
    final Duration longestWait;
    final int parallel;
    final Consumer<Transfer> listener;

    private final Map<String, RegistryClient> clients = new ConcurrentHashMap<>();

    private RegistryAccess(Builder builder) {
        credentials = builder.credentials;
        tls = new Tls(builder.verifiesTls, builder.certificates);
        plainHttp = builder.plainHttp;
        proxy = builder.proxy;
        allowedHosts = Set.copyOf(builder.allowedHosts);
        connectTimeout = builder.connectTimeout;
        idleTimeout = builder.idleTimeout;
        longestWait = builder.longestWait;
        parallel = builder.parallel;
        listener = builder.listener;
    }

    /**
     * Returns the usual access: credentials of the user's Docker configuration and its helpers, TLS only, certificates
     * verified, the proxies the environment names.
     */
    public static RegistryAccess standard() {
        return STANDARD;
    }

    /** Returns a builder of the usual access. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the client of a registry, the same for all that ask. */
    RegistryClient client(String registry) {
        return clients.computeIfAbsent(registry, name -> new RegistryClient(this, name));
    }

    URI address(String registry) {
        return URI.create((plainHttp ? "http://" : "https://") + Reference.host(registry));
    }

    /**
     * Ends all connections and the threads that wait for them, once nothing is under way: what is may fail, when it has been
     * silent for too long. An access that is used again makes new connections. A JVM ends without it too, but 0.3 seconds later.
     */
    @Override
    public void close() {
        clients.values().forEach(RegistryClient::close);
    }

    /** Does not tell where credentials come from. */
    @Override
    public String toString() {
        return "RegistryAccess[plainHttp=" + plainHttp + ", tls=" + tls + "]";
    }

    /** An access being chosen. Not safe for several threads; {@link #build} may be called more than once. */
    public static final class Builder {
        private CredentialSource credentials = DockerConfig.ofUser();
        private boolean verifiesTls = true;
        private Optional<Path> certificates = Optional.empty();
        private boolean plainHttp;
        private RegistryProxy proxy = RegistryProxy.of(System.getenv());
        private final Set<String> allowedHosts = new HashSet<>();
        private Duration connectTimeout = Duration.ofSeconds(30);
        private Duration idleTimeout = Duration.ofSeconds(60);
        private Duration longestWait = Duration.ofSeconds(90);
        private int parallel = 4;
        private Consumer<Transfer> listener = transfer -> {};

        private Builder() {}

        /** Takes credentials from elsewhere than the user's Docker configuration. */
        public Builder credentials(CredentialSource source) {
            credentials = source;
            return this;
        }

        /** Takes certificates of registries unseen, of nobody else's: whoever is in between can read and change all. */
        public Builder skipTlsVerification() {
            verifiesTls = false;
            return this;
        }

        /**
         * Adds what lies in a folder, as Docker keeps it for each registry: {@code *.crt} are authorities to trust besides
         * the system's, {@code *.cert} with {@code *.key} are what the client shows of itself. The folder is read when the
         * first registry is asked.
         */
        public Builder certificates(Path folder) {
            certificates = Optional.of(folder);
            return this;
        }

        /** Speaks HTTP without TLS, also where there are credentials. */
        public Builder plainHttp() {
            plainHttp = true;
            return this;
        }

        /** Goes through proxies other than those the environment names. */
        public Builder proxy(RegistryProxy value) {
            proxy = value;
            return this;
        }

        /**
         * Allows a host that registries may send the client to although it lies in a private network: a token service, or where
         * blobs are kept.
         *
         * @param host a host, with its port where only that is meant
         */
        public Builder allowHost(String host) {
            allowedHosts.add(host.toLowerCase(Locale.ROOT));
            return this;
        }

        /** Sets how long a connection may take to be made; half a minute if not said. */
        public Builder connectTimeout(Duration time) {
            connectTimeout = positive(time);
            return this;
        }

        /** Sets how long a registry may be silent in the middle of an answer or a transfer; a minute if not said. */
        public Builder idleTimeout(Duration time) {
            idleTimeout = positive(time);
            return this;
        }

        /**
         * Sets the longest time to wait where a registry has too much to do and says when to come again
         * ({@code Retry-After}); 90 seconds if not said. Where it asks for more, the call fails and says so.
         */
        public Builder longestWait(Duration time) {
            longestWait = positive(time);
            return this;
        }

        /** Sets how many blobs of one image go at once; 4 if not said. */
        public Builder parallel(int number) {
            if (number < 1 || number > 64) {
                throw new IllegalArgumentException(number + " transfers at once: from 1 to 64 there can be");
            }
            parallel = number;
            return this;
        }

        /** Tells how transfers go; called by several threads, often, and to return at once. */
        public Builder onTransfer(Consumer<Transfer> consumer) {
            listener = consumer;
            return this;
        }

        private static Duration positive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException(time + " is no time to wait");
            }
            return time;
        }

        /** Returns the access. */
        public RegistryAccess build() {
            return new RegistryAccess(this);
        }
    }
}
