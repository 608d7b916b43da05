package io.crs.image.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** Files of certificates and keys in PEM, as command-line tools keep them. */
public final class PemCertificates {
    private static final long MOST_BYTES = 1 << 20;

    private PemCertificates() {}

    /**
     * Reads the certificates of a file.
     *
     * @throws IOException if it holds none, or something else
     */
    public static List<Certificate> read(Path file) throws IOException {
        try {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes(file)));
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return List.copyOf(found);
        } catch (CertificateException e) {
            throw new IOException(file + " is not a file of certificates in PEM: " + e.getMessage(), e);
        }
    }

    /**
     * Makes what a client shows of itself out of its certificate and its key.
     *
     * @throws IOException if a file is not what it should be
     */
    public static KeyManager[] client(Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client",
                PemKey.read(bytes(key), key.toString()),
                new char[0],
                read(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** Returns a store that holds nothing yet. */
    public static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is not a file of at most " + MOST_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }
}
