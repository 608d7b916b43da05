package io.crs.image.daemon;

import io.crs.image.tls.PemCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files a client of an engine has for TLS, as Docker names them: {@code ca.pem}, whom the engine's certificate must
 * come from, and {@code cert.pem} with {@code key.pem}, by which the engine knows the client.
 *
 * <p>Without {@code ca.pem} the engine must have a certificate the Java runtime trusts; it is checked in any case.
 *
 * @param folder the folder; none if there are no files
 */
public record TlsFiles(Optional<Path> folder) {
    /** No files. */
    static final TlsFiles NONE = new TlsFiles(Optional.empty());

    /**
     * Reads the files.
     *
     * @throws IOException if one of them is not what its name says, or key or certificate is there alone
     */
    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trust(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the certificates in " + folder.map(Path::toString).orElse("the Java runtime")
                            + " cannot be used for TLS: " + e.getMessage(),
                    e);
        }
    }

    private TrustManager @Nullable [] trust() throws IOException, GeneralSecurityException {
        Optional<Path> file = file("ca.pem");
        if (file.isEmpty()) {
            return null;
        }
        KeyStore store = PemCertificates.emptyStore();
        int number = 0;
        for (Certificate certificate : PemCertificates.read(file.get())) {
            store.setCertificateEntry("ca" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keys() throws IOException, GeneralSecurityException {
        Optional<Path> certificate = file("cert.pem");
        Optional<Path> key = file("key.pem");
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new IOException("of cert.pem and key.pem, only one is in " + folder.orElseThrow());
        }
        return PemCertificates.client(certificate.get(), key.get());
    }

    private Optional<Path> file(String name) {
        return folder.map(each -> each.resolve(name)).filter(Files::exists);
    }
}
