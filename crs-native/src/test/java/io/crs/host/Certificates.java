package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An authority of a test's own, made with keytool, and certificates it signs. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final String authority;

    private Certificates(Path folder, String authority) {
        this.folder = folder;
        this.authority = authority;
    }

    static Certificates authority(Path folder, String name) throws IOException, InterruptedException {
        Certificates made = new Certificates(folder, name);
        made.keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-ext", "bc:c", "-keyalg", "EC");
        made.keytool(
                "-exportcert", "-rfc", "-alias", name, "-file", made.bundle().toString());
        return made;
    }

    /** The authority's certificate, in PEM. */
    Path bundle() {
        return folder.resolve(authority + ".pem");
    }

    /** A server with a certificate for some names, as keytool writes them: {@code dns:…}, {@code ip:…}. */
    SSLContext server(String alias, String names, String... more)
            throws IOException, InterruptedException, GeneralSecurityException {
        String request = folder.resolve(alias + ".csr").toString();
        String signed = folder.resolve(alias + ".crt").toString();
        keytool("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "RSA");
        keytool("-certreq", "-alias", alias, "-file", request);
        List<String> sign = new ArrayList<>(List.of("-gencert", "-rfc", "-alias", authority));
        sign.addAll(List.of("-infile", request, "-outfile", signed, "-ext", "san=" + names));
        sign.addAll(Arrays.asList(more));
        keytool(sign.toArray(String[]::new));
        keytool("-importcert", "-noprompt", "-alias", alias, "-file", signed);
        return context(alias);
    }

    /** The store has the authority's key too; a server must not choose it. */
    private SSLContext context(String alias) throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            all.load(in, PASSWORD.toCharArray());
        }
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private Path store() {
        return folder.resolve(authority + ".p12");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path out = folder.resolve("keytool.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "keytool does not end");
        assertEquals(0, process.exitValue(), Files.readString(out));
    }
}
