package io.crs.image.registry;

import io.crs.image.tls.PemCertificates;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates are taken, and what the client shows of itself.
 *
 * @param verifies whether the registry's certificate must be good
 * @param folder a folder of certificates, as Docker keeps it for each registry
 */
record Tls(boolean verifies, Optional<Path> folder) {
    /** For the registry itself. */
    SSLContext forRegistry() throws IOException {
        return context(client(), verifies ? authorities() : new TrustManager[] {new Anybody()});
    }

    /** For all others that it sends the client to. */
    SSLContext forOthers() throws IOException {
        return context(null, authorities());
    }

    private static SSLContext context(KeyManager @Nullable [] shown, TrustManager[] trusted) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** What the client shows of itself: the first certificate in the folder, with the key of the same name. */
    private KeyManager @Nullable [] client() throws IOException {
        for (Path certificate : files(".cert")) {
            String name = certificate.getFileName().toString();
            Path key = certificate.resolveSibling(name.substring(0, name.length() - ".cert".length()) + ".key");
            if (!Files.exists(key)) {
                throw new IOException(certificate + " has no key beside it, " + key.getFileName());
            }
            try {
                return PemCertificates.client(certificate, key);
            } catch (GeneralSecurityException e) {
                throw new IOException(certificate + " and its key cannot be used: " + e.getMessage(), e);
            }
        }
        return null;
    }

    /** The system's authorities, and those in the folder. */
    private TrustManager[] authorities() throws IOException {
        try {
            TrustManagerFactory system = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            system.init((KeyStore) null);
            List<Path> files = files(".crt");
            if (files.isEmpty()) {
                return system.getTrustManagers();
            }
            KeyStore all = PemCertificates.emptyStore();
            int number = 0;
            for (TrustManager each : system.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager manager) {
                    for (X509Certificate authority : manager.getAcceptedIssuers()) {
                        all.setCertificateEntry("system-" + number++, authority);
                    }
                }
            }
            for (Path file : files) {
                for (Certificate authority : PemCertificates.read(file)) {
                    all.setCertificateEntry("own-" + number++, authority);
                }
            }
            TrustManagerFactory both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            both.init(all);
            return both.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates to trust cannot be set up: " + e.getMessage(), e);
        }
    }

    private List<Path> files(String end) throws IOException {
        if (folder.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder.get())) {
            return new ArrayList<>(
                    all.filter(file -> file.toString().endsWith(end)).sorted().toList());
        }
    }

    /** Takes every certificate. An extended one, so that nobody compares its names with the host's either. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
