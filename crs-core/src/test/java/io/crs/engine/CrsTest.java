package io.crs.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.Platform;
import io.crs.image.Image;
import io.crs.image.Layer;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Compatibility.Level;
import io.crs.image.inspect.SupportCatalog;
import io.crs.image.inspect.SupportCatalog.TestedImage;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.instrument.Warning;
import io.crs.image.location.ImageLocation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.Translation;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrsTest {
    private static final Policy POLICY = Policy.named("no-shadow")
            .mode(PolicyMode.ACTIVE)
            .rule(Rule.read("/etc/shadow").by("/usr/bin/*").deny())
            .build();

    private static final Platform S390X = Platform.parse("linux/s390x");

    @TempDir
    private Path folder;

    private static AgentBundle bundle(Platform platform, String content) {
        return AgentBundle.of(
                platform,
                "1.2.3",
                List.of(new AgentFile(AgentBundle.INIT, 0755, content.getBytes(StandardCharsets.UTF_8))));
    }

    private static Crs both() {
        return Crs.builder()
                .agent(bundle(Platform.LINUX_AMD64, "agent for amd64"))
                .agent(bundle(Platform.LINUX_ARM64, "agent for arm64"))
                .build();
    }

    private ImageLocation source(String... architectures) throws IOException {
        SmallImage.write(folder.resolve("in"), architectures);
        return ImageLocation.layout(folder.resolve("in"));
    }

    @Test
    void takesForTestedWhatItsCatalogHas() throws IOException {
        TarFixture files =
                ProgramFixture.debian("2.99", "1").program("app", ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER));
        Image image = ImageFixture.of(files).entryPoint("/app").image();
        ImageLocation place = ImageLocation.layout(folder.resolve("in"));
        place.write(image);
        SupportCatalog more =
                SupportCatalog.bundled().plus(new TestedImage("team/app:1", Optional.empty(), image.digest()));
        Crs.Builder builder = Crs.builder().agent(bundle(Platform.LINUX_AMD64, "agent"));
        assertEquals(Level.SUPPORTED, builder.build().check(place).level());
        assertEquals(Level.TESTED, builder.catalog(more).build().check(place).level());
    }

    private ImageLocation destination() {
        return ImageLocation.layout(folder.resolve("out"));
    }

    /** The plain files of an image's last layer by name. */
    private static Map<String, byte[]> lastLayer(Image image) throws IOException {
        Layer last = image.layers().get(image.layers().size() - 1);
        Map<String, byte[]> files = new TreeMap<>();
        try (InputStream in = last.tar()) {
            byte[] tar = in.readAllBytes();
            for (int at = 0; at < tar.length && tar[at] != 0; ) {
                String name = new String(tar, at, 100, StandardCharsets.US_ASCII).replaceAll("\0.*", "");
                int size = Integer.parseInt(
                        new String(tar, at + 124, 12, StandardCharsets.US_ASCII).replaceAll("[^0-7].*", ""), 8);
                if (tar[at + 156] == '0') {
                    files.put(name, Arrays.copyOfRange(tar, at + 512, at + 512 + size));
                }
                at += 512 + (size + 511) / 512 * 512;
            }
        }
        return files;
    }

    @Test
    void putsAgentTableAndSettingsIntoAnImage() throws Exception {
        ImageLocation source = source("amd64");
        assertTrue(both().check(source, Platform.LINUX_AMD64).instrumentable());
        Instrumented made = both().instrument(
                        source,
                        destination(),
                        POLICY,
                        InstrumentOptions.STANDARD
                                .withLogMode(LogMode.ALL)
                                .withMqUrl("unix:/run/crs/events")
                                .withTranslation(Translation.GUIDE));
        Image image = destination().read(Platform.LINUX_AMD64);
        assertEquals(image.digest(), made.digest());
        assertEquals(List.of(Platform.LINUX_AMD64), made.platforms());
        assertEquals(List.of(), made.warnings());
        Map<String, byte[]> files = lastLayer(image);
        assertEquals("agent for amd64", new String(files.get(".crs/init"), StandardCharsets.UTF_8));
        assertTrue(new String(files.get(".crs/daemon.toml"), StandardCharsets.UTF_8).contains("unix:/run/crs/events"));
        byte[] table = DecisionTable.compile(
                        POLICY,
                        CompileOptions.of(Arch.X86_64).withLogMode(LogMode.ALL).withTranslation(Translation.GUIDE))
                .bytes();
        assertArrayEquals(table, files.get(".crs/table"));
        String config = new String(image.config(), StandardCharsets.UTF_8);
        assertTrue(config.contains("\"/.crs/init\",\"--\",\"/app\""), config);
    }

    @Test
    void givesEveryPlatformItsOwnAgentAndTable() throws Exception {
        Instrumented made =
                both().instrument(source("amd64", "arm64"), destination(), POLICY, InstrumentOptions.STANDARD);
        assertEquals(List.of(Platform.LINUX_AMD64, Platform.LINUX_ARM64), made.platforms());
        for (Platform platform : made.platforms()) {
            Map<String, byte[]> files = lastLayer(destination().read(platform));
            Arch arch = Arch.of(platform.architecture()).orElseThrow();
            assertEquals(
                    "agent for " + platform.architecture(), new String(files.get(".crs/init"), StandardCharsets.UTF_8));
            assertEquals(arch, DecisionTable.read(files.get(".crs/table")).arch());
        }
    }

    @Test
    void refusesProvenanceWhereNothingKeepsIt() {
        ImageLocation archive = ImageLocation.parse("docker-archive:" + folder.resolve("made.tar") + ":a:1");
        InstrumentOptions options = InstrumentOptions.STANDARD.withProvenance(true);
        assertThrows(
                IllegalArgumentException.class, () -> both().instrument(source("amd64"), archive, POLICY, options));
        assertFalse(Files.exists(folder.resolve("made.tar")));
    }

    @Test
    void takesOnePlatformOfSeveral() throws Exception {
        Instrumented made = both().instrument(
                        source("amd64", "arm64"),
                        destination(),
                        POLICY,
                        InstrumentOptions.STANDARD.withPlatform(Platform.LINUX_ARM64));
        assertEquals(List.of(Platform.LINUX_ARM64), made.platforms());
        assertEquals(made.digest(), destination().readAll().digest());
        assertEquals(
                Platform.LINUX_ARM64, destination().read(Platform.LINUX_ARM64).platform());
    }

    @Test
    void keepsAPlatformWithoutAnAgentAndSaysSo() throws Exception {
        ImageLocation source = source("amd64", "s390x");
        Instrumented made = both().instrument(source, destination(), POLICY, InstrumentOptions.STANDARD);
        assertEquals(List.of(Platform.LINUX_AMD64), made.platforms());
        assertEquals(
                List.of("platform-kept"),
                made.warnings().stream().map(Warning::code).toList());
        assertEquals(source.read(S390X).digest(), destination().read(S390X).digest());
    }

    @Test
    void refusesAPlatformWithoutAnAgent() throws Exception {
        ImageLocation source = source("s390x");
        assertFalse(both().check(source, S390X).instrumentable());
        NotInstrumentableException error = assertThrows(NotInstrumentableException.class, () -> both().instrument(
                        source, destination(), POLICY, InstrumentOptions.STANDARD));
        assertTrue(error.getMessage().contains("there is no agent for linux/s390x"), error.getMessage());
        assertFalse(folder.resolve("out").toFile().exists());
    }

    @Test
    void namesBothWhereTwoPlacesHaveAnAgentForOnePlatform() throws Exception {
        Crs two = Crs.builder()
                .agent(bundle(Platform.LINUX_AMD64, "one"))
                .agent(bundle(Platform.parse("linux/x86_64"), "two"))
                .build();
        ImageLocation source = source("amd64");
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> two.check(source, Platform.LINUX_AMD64));
        assertTrue(error.getMessage().contains("several agents for linux/amd64"), error.getMessage());
    }

    @Test
    void takesAnAgentItWasGivenBeforeOneThatIsInstalled() {
        assertEquals(
                "1.2.3",
                Crs.builder()
                        .agent(bundle(Platform.LINUX_AMD64, "mine"))
                        .build()
                        .agent(Platform.LINUX_AMD64)
                        .orElseThrow()
                        .version());
        // What is bundled for this host is found by itself.
        Platform host = Platform.host();
        assertTrue(Crs.standard().agent(host).isPresent(), () -> "no agent installed for " + host);
        assertNotEquals("1.2.3", Crs.standard().agent(host).orElseThrow().version());
    }
}
