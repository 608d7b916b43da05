package io.crs.image.registry;

import io.crs.contract.CredentialSourceContract;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigContractTest extends CredentialSourceContract {
    @TempDir
    Path folder;

    @Override
    protected CredentialSource source(Credentials credentials) throws IOException {
        String both = credentials.user() + ":" + credentials.secret();
        String auth = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        return DockerConfig.of(Files.writeString(
                folder.resolve("config.json"), "{\"auths\":{\"registry.example:5000\":{\"auth\":\"" + auth + "\"}}}"));
    }
}
