package io.crs.cli;

import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.DockerConfig;
import io.crs.image.registry.RegistryAccess;
import io.crs.image.registry.RegistryProxy;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options about registries, the same for all commands that take an image. */
public final class RegistryOptions implements AutoCloseable {
    private static final int LONGEST_PASSWORD = 64 << 10;

    private final Terminal terminal;

    @Option(names = "--username", paramLabel = "U", description = "The user of the registry; with --password-stdin.")
    private @Nullable String username;

    @Option(names = "--password-stdin", description = "Read the password from standard input.")
    private boolean passwordFromInput;

    @Option(
            names = "--auth-file",
            paramLabel = "FILE",
            description = "The Docker configuration with the registry's credentials; the user's own if not given.")
    private @Nullable Path authFile;

    @Option(
            names = "--tls-verify",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Whether the registry's certificate must be good; ${DEFAULT-VALUE} if not given.")
    private boolean verifiesTls = true;

    @Option(
            names = "--cert-dir",
            paramLabel = "DIR",
            description = "A folder with authorities to trust (*.crt), and the client's own *.cert and *.key.")
    private @Nullable Path certificates;

    @Option(names = "--plain-http", description = "Speak HTTP without TLS, which everybody in between can read.")
    private boolean plainHttp;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "The HTTP proxy; those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY if not given.")
    private @Nullable String proxy;

    @Option(
            names = "--allow-host",
            paramLabel = "HOST",
            description = "A host in a private network that the registry may send to, such as its token service; may be"
                    + " given often.")
    private List<String> allowedHosts = new ArrayList<>();

    private @Nullable RegistryAccess access;

    /** Options that nobody has set yet. */
    public RegistryOptions(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The same location, reached as the options say; they have no meaning for other places than registries. */
    ImageLocation reach(ImageLocation location) throws IOException, Refusal {
        return location instanceof RegistryImage image ? image.with(access()) : location;
    }

    /** Whether standard input is taken for the password. */
    boolean takesInput() {
        return passwordFromInput;
    }

    /** What the JDK's client is told by properties alone, which it reads once, before the first connection. */
    private static void prepareClient() {
        // It keeps passwords back from proxies of TLS unless told otherwise.
        prepare("jdk.http.auth.tunneling.disabledSchemes", "");
        // By 16 KiB, as it reads else, a process that has just begun spends as much on compiling as on copying layers.
        prepare("jdk.httpclient.bufsize", String.valueOf(512 << 10));
    }

    private static void prepare(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** One for all locations of a command, so that they share connections and tokens. */
    public RegistryAccess access() throws IOException, Refusal {
        if (access == null) {
            prepareClient();
            RegistryAccess.Builder builder = RegistryAccess.builder().credentials(warned(credentials()));
            allowedHosts.forEach(builder::allowHost);
            if (!verifiesTls) {
                builder.skipTlsVerification();
            }
            if (plainHttp) {
                builder.plainHttp();
            }
            if (certificates != null) {
                if (!Files.isDirectory(certificates)) {
                    throw Refusal.invalid("--cert-dir: " + certificates + " is not a folder");
                }
                builder.certificates(certificates);
            }
            if (terminal.interactive()) {
                builder.onTransfer(new TransferProgress(terminal));
            }
            access = builder.proxy(proxy()).build();
        }
        return access;
    }

    /** Ends the connections that were made. */
    @Override
    public void close() {
        if (access != null) {
            access.close();
        }
    }

    private RegistryProxy proxy() throws Refusal {
        try {
            return proxy == null ? RegistryProxy.of(System.getenv()) : RegistryProxy.of(proxy);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid((proxy == null ? "HTTPS_PROXY, HTTP_PROXY: " : "--proxy: ") + e.getMessage());
        }
    }

    private CredentialSource credentials() throws IOException, Refusal {
        if (username != null || passwordFromInput) {
            if (username == null || !passwordFromInput) {
                throw Refusal.invalid("--username and --password-stdin go together");
            }
            if (authFile != null) {
                throw Refusal.invalid("--auth-file and --username exclude each other");
            }
            try {
                return CredentialSource.of(Credentials.password(username, password()));
            } catch (IllegalArgumentException e) {
                throw Refusal.invalid("--username: " + e.getMessage());
            }
        }
        if (authFile != null) {
            InputFile.check(authFile.toString());
            return DockerConfig.of(authFile);
        }
        return DockerConfig.ofUser();
    }

    /** One line; what ends it is no part of the password. */
    private String password() throws IOException, Refusal {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = terminal.in().read();
                c >= 0 && c != '\n';
                c = terminal.in().read()) {
            line.write(c);
            if (line.size() > LONGEST_PASSWORD) {
                throw Refusal.invalid("--password-stdin: standard input does not look like a password");
            }
        }
        String password = line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
        if (password.isEmpty()) {
            throw Refusal.invalid("--password-stdin: standard input is empty");
        }
        return password;
    }

    private CredentialSource warned(CredentialSource source) {
        if (!plainHttp) {
            return source;
        }
        return (registry, repository) -> {
            Optional<Credentials> found = source.find(registry, repository);
            if (found.isPresent()) {
                terminal.say(
                        "warning: credentials for " + registry + " go over plain HTTP, where others can read them");
            }
            return found;
        };
    }
}
