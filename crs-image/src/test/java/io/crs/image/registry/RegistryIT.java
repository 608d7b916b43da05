package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.DistributionFixture;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.RegistryServer;
import io.crs.image.location.RegistryImage;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The registry of Docker's distribution project. */
class RegistryIT extends RegistryCases {
    @Override
    RegistryServer start() throws Exception {
        return DistributionFixture.plain(folder);
    }

    @Test
    void aClosedRegistryTakesItsUserAndItsAuthorityIsTrusted() throws Exception {
        Path certificates = Files.createDirectory(folder.resolve("certificates"));
        certificate("certificates/ca.crt", "key.pem");
        Files.writeString(
                folder.resolve("passwords"), ExternalTool.run(folder, "htpasswd", "-Bbn", "user", "pass:word"));
        try (DistributionFixture registry = DistributionFixture.closed(
                folder, certificates.resolve("ca.crt"), folder.resolve("key.pem"), folder.resolve("passwords"))) {
            CredentialSource user = CredentialSource.of(Credentials.password("user", "pass:word"));
            RegistryAccess.Builder builder =
                    RegistryAccess.builder().proxy(RegistryProxy.none()).credentials(user);
            RegistryImage target = new RegistryImage(reference(registry, "app:1"), builder.build());
            RegistryException untrusted = assertThrows(RegistryException.class, target::readAll);
            assertTrue(untrusted.getMessage().contains("is not trusted"), untrusted.getMessage());
            RegistryImage trusted =
                    target.with(builder.certificates(certificates).build());
            trusted.write(fixture().image());
            assertEquals(fixture().image().digest(), trusted.read().digest());
            RegistryAccess wrong = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.of(Credentials.password("user", "wr0ng")))
                    .skipTlsVerification()
                    .build();
            RegistryException refused = assertThrows(RegistryException.class, target.with(wrong)::readAll);
            assertTrue(refused.getMessage().contains("refuses user \"user\""), refused.getMessage());
            assertTrue(!refused.toString().contains("wr0ng"));
            RegistryAccess nobody = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.none())
                    .skipTlsVerification()
                    .build();
            assertTrue(assertThrows(RegistryException.class, target.with(nobody)::readAll)
                    .getMessage()
                    .contains("docker login " + registry.host()));
            RegistryException plainText = assertThrows(RegistryException.class, target.with(plain().build())::readAll);
            assertTrue(plainText.status().isPresent(), plainText.getMessage());
        }
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
            RegistryImage image = new RegistryImage(
                    reference(registry, "app:1"),
                    RegistryAccess.builder().proxy(RegistryProxy.none()).build());
            RegistryException e = assertThrows(RegistryException.class, image::readAll);
            assertTrue(e.getMessage().contains("plain HTTP must be asked for"), e.getMessage());
        }
    }

    private void certificate(String name, String key) throws Exception {
        ExternalTool.run(
                folder,
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=test",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key,
                "-out",
                name);
    }

    @Test
    void aClientShowsTheCertificateOfItsFolder() throws Exception {
        Path certificates = Files.createDirectory(folder.resolve("c"));
        certificate("c/ca.crt", "server.pem");
        certificate("c/client.cert", "c/client.key");
        try (DistributionFixture registry = DistributionFixture.mutual(
                folder,
                certificates.resolve("ca.crt"),
                folder.resolve("server.pem"),
                certificates.resolve("client.cert"))) {
            RegistryAccess.Builder builder =
                    RegistryAccess.builder().proxy(RegistryProxy.none()).credentials(CredentialSource.none());
            RegistryImage known = new RegistryImage(
                    reference(registry, "app:1"),
                    builder.certificates(certificates).build());
            known.write(fixture().image());
            assertEquals(fixture().image().digest(), known.read().digest());
            RegistryAccess unknown = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.none())
                    .skipTlsVerification()
                    .build();
            assertThrows(RegistryException.class, known.with(unknown)::readAll);
        }
        Files.delete(certificates.resolve("client.key"));
        RegistryImage half = new RegistryImage(
                Reference.parse("127.0.0.1:1/app:1"),
                RegistryAccess.builder().certificates(certificates).build());
        assertTrue(assertThrows(IOException.class, half::readAll).getMessage().contains("client.key"));
    }
}
