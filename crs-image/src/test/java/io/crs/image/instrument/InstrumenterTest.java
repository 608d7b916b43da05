package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.LinkedLibrary;
import io.crs.agent.Platform;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.MediaType;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import io.crs.image.inspect.ImageFiles;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class InstrumenterTest {
    static final byte[] INIT = "the launcher".getBytes(StandardCharsets.UTF_8);
    static final byte[] TABLE = "the table".getBytes(StandardCharsets.UTF_8);

    static AgentBundle agent(String platform) {
        return AgentBundle.of(
                Platform.parse(platform),
                "1.2.3",
                List.of(new AgentFile("init", 0755, INIT), new AgentFile("lib/libcrs.so", 0755, INIT)),
                List.of(new LinkedLibrary(
                        "musl", "1.2.3", Optional.of("cpe:2.3:a:musl-libc:musl:1.2.3:*:*:*:*:*:*:*"))));
    }

    static InstrumenterBuilder builder() {
        return Instrumenter.builder().agent(agent("linux/amd64")).table(TABLE).setting("mqUrl", "file:/tmp/events");
    }

    static ImageFixture debian() {
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"))
                .entryPoint("/usr/bin/app")
                .command("-x", "y");
    }

    private static Image instrument(ImageFixture fixture) throws Exception {
        return builder().build().instrument(fixture.image());
    }

    private static Json config(Image image) throws Exception {
        return Json.parse(image.config(), "config");
    }

    private static Json member(Image image, String name) throws Exception {
        return config(image).get("config").orElseThrow().get(name).orElseThrow();
    }

    private static Layer top(Image image) {
        return image.layers().get(image.layers().size() - 1);
    }

    private static Map<String, TarEntry> entries(Layer layer) throws Exception {
        Map<String, TarEntry> entries = new LinkedHashMap<>();
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, 100);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                entries.put(entry.name(), entry);
            }
            in.readAllBytes();
        }
        return entries;
    }

    @Test
    void wrapsTheEntryPointAndKeepsTheCommand() throws Exception {
        Image image = instrument(debian());
        assertEquals(
                "[\"/.crs/init\",\"--\",\"/usr/bin/app\"]",
                member(image, "Entrypoint").toString());
        assertEquals("[\"-x\",\"y\"]", member(image, "Cmd").toString());
    }

    private static List<String> reasons(byte[] init, byte[] preload, TarFixture image) throws Exception {
        AgentBundle own = AgentBundle.of(
                Platform.LINUX_AMD64,
                "7",
                List.of(new AgentFile("init", 0755, init), new AgentFile("libcrs.so", 0755, preload)));
        Instrumenter instrumenter =
                Instrumenter.builder().agents(platform -> Optional.of(own)).build();
        return instrumenter
                .check(ImageFixture.of(image).entryPoint("/usr/bin/app").image())
                .reasons();
    }

    @Test
    void refusesAnAgentThatCouldNotRunInTheImage() throws Exception {
        TarFixture debian = ProgramFixture.debian("2.31", "2.31-13");
        byte[] fixed = ProgramFixture.fixed(ProgramFixture.AMD64, "");
        byte[] own = ProgramFixture.linked("", "libc.so.6", "GLIBC_2.28");
        byte[] newer = ProgramFixture.linked("", "libc.so.6", "GLIBC_2.34");
        byte[] musl = ProgramFixture.linked("", "libc.so", "-");
        byte[] elsewhere = ProgramFixture.linked("/nix/ld.so", "libc.so.6", "GLIBC_2.2.5");
        assertEquals(List.of(), reasons(fixed, own, debian));
        assertEquals(
                List.of("the agent's libcrs.so needs glibc 2.34, the image has 2.31"), reasons(fixed, newer, debian));
        assertEquals(
                List.of("the agent's libcrs.so is linked with musl, the image has glibc"),
                reasons(fixed, musl, debian));
        assertEquals(
                List.of("the agent's init is started by /nix/ld.so, which the image does not have"),
                reasons(elsewhere, own, debian));
        assertTrue(reasons(
                        fixed,
                        own,
                        ProgramFixture.alpine("1.2.3", "1.2.3-r0")
                                .program("usr/bin/app", ProgramFixture.dynamic(ProgramFixture.MUSL_LOADER)))
                .contains("the agent's libcrs.so is linked with glibc, the image has musl"));
    }

    @Test
    void wrapsACommandWithoutAnEntryPoint() throws Exception {
        ImageFixture onlyCommand =
                ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9")).command("/usr/bin/sh");
        assertEquals(
                "[\"/.crs/init\",\"--\"]",
                member(instrument(onlyCommand), "Entrypoint").toString());
        assertEquals("[\"/usr/bin/sh\"]", member(instrument(onlyCommand), "Cmd").toString());
        Json nothing = Json.ofNullable(Optional.empty());
        assertEquals(
                "[\"/.crs/init\",\"--\"]",
                member(instrument(onlyCommand.config("Entrypoint", nothing)), "Entrypoint")
                        .toString());
    }

    @Test
    void keepsAShellCommandInOnePiece() throws Exception {
        ImageFixture shell = debian().entryPoint("/bin/sh", "-c", "exec app \"$@\" | tee");
        assertEquals(
                "[\"/.crs/init\",\"--\",\"/bin/sh\",\"-c\",\"exec app \\\"$@\\\" | tee\"]",
                member(instrument(shell), "Entrypoint").toString());
    }

    @Test
    void tellsAbsentNullAndEmptyEntryPointsApartInTheLabel() throws Exception {
        ImageFixture absent =
                ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9")).command("app");
        List<String> labels = new ArrayList<>();
        labels.add(label(instrument(absent)));
        labels.add(label(instrument(absent.config("Entrypoint", Json.ofNullable(Optional.empty())))));
        labels.add(label(instrument(absent.entryPoint())));
        labels.add(label(instrument(absent.entryPoint("app"))));
        assertEquals(
                List.of("{}", "{\"Entrypoint\":null}", "{\"Entrypoint\":[]}", "{\"Entrypoint\":[\"app\"]}"), labels);
    }

    private static String label(Image image) throws Exception {
        return member(image, "Labels").text("io.crs.original-entrypoint").orElseThrow();
    }

    @Test
    void refusesAnImageWithNothingToRunUnlessAllowed() throws Exception {
        Image nothing = ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9")).image();
        NotInstrumentableException refused = assertThrows(
                NotInstrumentableException.class, () -> builder().build().instrument(nothing));
        assertTrue(refused.getMessage().contains("nothing to run"), refused.getMessage());
        Image allowed = builder().allowNoCommand(true).build().instrument(nothing);
        assertEquals("[\"/.crs/init\",\"--\"]", member(allowed, "Entrypoint").toString());
    }

    @Test
    void addsOneFolderInTheRootAndTouchesNoOther() throws Exception {
        Map<String, TarEntry> entries = entries(top(instrument(debian())));
        assertEquals(
                List.of(
                        ".crs/",
                        ".crs/config.json",
                        ".crs/daemon.toml",
                        ".crs/executables",
                        ".crs/init",
                        ".crs/lib/",
                        ".crs/lib/libcrs.so",
                        ".crs/manifest.json",
                        ".crs/sbom.cdx.json",
                        ".crs/table"),
                List.copyOf(entries.keySet()));
        assertEquals(0755, entries.get(".crs/").mode());
        assertEquals(0755, entries.get(".crs/init").mode());
        assertEquals(0444, entries.get(".crs/table").mode());
    }

    @Test
    void namesEveryFileOfTheAgentWithItsDigest() throws Exception {
        Map<String, byte[]> contents = contents(top(instrument(debian())));
        Json sbom = Json.parse(Objects.requireNonNull(contents.get(".crs/sbom.cdx.json")), "sbom");
        assertEquals("CycloneDX", sbom.text("bomFormat").orElseThrow());
        Map<String, String> digests = new TreeMap<>();
        for (Json component : sbom.get("components").orElseThrow().elements()) {
            if (component.text("type").orElseThrow().equals("library")) {
                assertEquals("pkg:generic/musl@1.2.3", component.text("purl").orElseThrow());
                continue;
            }
            Json hash = component.get("hashes").orElseThrow().elements().get(0);
            digests.put(
                    component.text("name").orElseThrow().substring(1),
                    hash.text("content").orElseThrow());
        }
        assertEquals(Set.of(".crs/daemon.toml", ".crs/init", ".crs/lib/libcrs.so", ".crs/table"), digests.keySet());
        assertEquals(5, sbom.get("components").orElseThrow().elements().size());
        assertTrue(sbom.toString().contains("\"dependsOn\":[\"pkg:generic/musl@1.2.3\"]"), sbom.toString());
        digests.forEach((name, hex) -> assertEquals(
                Digest.of(Objects.requireNonNull(contents.get(name))).hex(), hex, name));
    }

    private static Map<String, byte[]> contents(Layer layer) throws Exception {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (InputStream in = layer.tar()) {
            TarReader tar = new TarReader(in, 100);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                contents.put(entry.name(), tar.content().readAllBytes());
            }
        }
        return contents;
    }

    @Test
    void letsProgramsFromOutsideLoadWhatBringsThemIn() throws Exception {
        AgentBundle bundle = AgentBundle.of(
                Platform.parse("linux/amd64"),
                "1.2.3",
                List.of(new AgentFile("init", 0755, INIT), new AgentFile("libcrs.so", 0444, INIT)));
        Instrumenter instrumenter =
                Instrumenter.builder().agent(bundle).table(TABLE).build();
        Json path = Json.of("PATH=/bin");

        Image plain = instrumenter.instrument(debian().image());
        assertEquals("[\"LD_PRELOAD=/.crs/libcrs.so\"]", member(plain, "Env").toString());
        Image preloading = instrumenter.instrument(
                debian().config("Env", Json.array(List.of(path, Json.of("LD_PRELOAD=/lib/jemalloc.so"))))
                        .image());
        assertEquals(
                "[\"PATH=/bin\",\"LD_PRELOAD=/lib/jemalloc.so:/.crs/libcrs.so\"]",
                member(preloading, "Env").toString());
        assertEquals(
                member(preloading, "Env"),
                member(instrumenter.instrument(preloading), "Env"),
                "a second time changes nothing");
        Image empty = instrumenter.instrument(debian().config("Env", Json.array(List.of(Json.of("LD_PRELOAD="))))
                .image());
        assertEquals("[\"LD_PRELOAD=/.crs/libcrs.so\"]", member(empty, "Env").toString());
    }

    @Test
    void leavesTheLayersBelowAndTheMergedTreeAsTheyWere() throws Exception {
        Image before = debian().image();
        Image after = builder().build().instrument(before);
        assertEquals(before.layers(), after.layers().subList(0, 1));
        ImageFiles files = ImageFiles.read(after);
        assertEquals(
                Optional.of("/usr/lib/x86_64-linux-gnu/libc.so.6"), files.resolve("/lib/x86_64-linux-gnu/libc.so.6"));
        assertEquals(Optional.of("/.crs/init"), files.resolve("/.crs/init"));
    }

    @Test
    void takesAnotherFolderWhereTheNameIsTaken() throws Exception {
        for (TarFixture taken : List.of(
                new TarFixture().folder(".crs", 0700),
                new TarFixture().link(".crs", "/etc"),
                new TarFixture().file(".crs", "a file"))) {
            Image base = debian().layer(taken.bytes()).image();
            Image image = builder().build().instrument(base);
            String folder = ".crs-" + base.digest().hex().substring(0, 8);
            assertTrue(entries(top(image)).containsKey(folder + "/init"));
            assertEquals(
                    Json.of("/" + folder + "/init"),
                    member(image, "Entrypoint").elements().get(0));
            assertEquals(image.digest(), builder().build().instrument(image).digest());
        }
    }

    @Test
    void keepsEveryMemberItDoesNotKnow() throws Exception {
        String odd = "{\"StartInterval\":5000000000,\"Test\":[\"NONE\"]}";
        ImageFixture fixture = debian().config("Healthcheck", Json.parse(odd.getBytes(StandardCharsets.UTF_8), ""))
                .config("ArgsEscaped", Json.of(false))
                .config("Env", Json.strings(List.of("NOEQUALS", "A=1", "A=2", "LD_PRELOAD=/x.so")))
                .document("os.features", Json.strings(List.of("x")))
                .document(
                        "x-foo",
                        Json.parse(
                                "[1e3,1.00,123456789012345678901234567890,null,-0]".getBytes(StandardCharsets.UTF_8),
                                ""))
                .document("variant", Json.of("v2"));
        Image before = fixture.image();
        Image after = builder().build().instrument(before);
        Json labels = member(after, "Labels");
        Json back = config(after)
                .with(
                        "config",
                        config(after)
                                .get("config")
                                .orElseThrow()
                                .without("Labels")
                                .with("Entrypoint", member(before, "Entrypoint")));
        Json without = config(before);
        assertEquals(
                without.without("rootfs").without("history").toString(),
                back.without("rootfs").without("history").toString());
        assertTrue(new String(after.config(), StandardCharsets.UTF_8)
                .contains("[1e3,1.00,123456789012345678901234567890,null,-0]"));
        assertTrue(labels.members().keySet().stream().allMatch(name -> name.startsWith("io.crs.")));
    }

    @Test
    void addsHistoryOnlyWhereThereIsOne() throws Exception {
        Json entry = config(instrument(debian()))
                .get("history")
                .orElseThrow()
                .elements()
                .get(1);
        assertEquals("{\"created\":\"2024-05-01T10:00:00Z\",\"created_by\":\"crs agent 1.2.3\"}", entry.toString());
        Image none = instrument(debian().bendConfig(json -> json.without("history")));
        assertTrue(config(none).get("history").isEmpty());
        assertEquals("2024-05-01T10:00:00Z", config(none).text("created").orElseThrow());
    }

    @Test
    void givesTheSameDigestAgainInAnyZone() throws Exception {
        byte[] tar = ProgramFixture.debian("2.36", "2.36-9+deb12u14").bytes();
        ImageFixture stored = new ImageFixture().layer(tar, tar).entryPoint("/usr/bin/app");
        Digest digest = instrument(stored).digest();
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            assertEquals(digest, instrument(stored).digest());
        } finally {
            TimeZone.setDefault(zone);
        }
        // Pinned: the bytes must not depend on the JDK, the host or the day either.
        assertEquals("sha256:ab6b", digest.toString().substring(0, 11));
    }

    @Test
    void replacesItsOwnLayerInsteadOfAddingASecond() throws Exception {
        Image once = instrument(debian());
        Image twice = builder().build().instrument(once);
        assertEquals(once.digest(), twice.digest());
        Image other = builder()
                .table("another table".getBytes(StandardCharsets.UTF_8))
                .build()
                .instrument(once);
        assertNotEquals(once.digest(), other.digest());
        assertEquals(once.layers().size(), other.layers().size());
        assertEquals(member(once, "Entrypoint"), member(other, "Entrypoint"));
    }

    @Test
    void wrapsOnceWhereAnImageWasBuiltOnAnInstrumentedOne() throws Exception {
        Image once = instrument(debian());
        byte[] tar = new TarFixture().file("srv/data", "x").bytes();
        Image built = once.append(
                new Layer(io.crs.image.Blob.of(MediaType.OCI_LAYER_GZIP, ImageFixture.gzip(tar)), Digest.of(tar)),
                "build");
        Image again = builder()
                .table("newer".getBytes(StandardCharsets.UTF_8))
                .build()
                .instrument(built);
        assertEquals(
                "[\"/.crs/init\",\"--\",\"/usr/bin/app\"]",
                member(again, "Entrypoint").toString());
        assertEquals(built.layers().size() + 1, again.layers().size());
        assertTrue(entries(top(again)).containsKey(".crs/table"));
        assertEquals(built.digest(), Instrumenter.restore(again).digest());
        assertThrows(NotInstrumentableException.class, () -> Instrumenter.restore(built));
    }

    @Test
    void refusesALabelWithoutItsLayer() throws Exception {
        Json labels = Json.object().with("io.crs.layer", Json.of("sha256:" + "0".repeat(64)));
        Image lying = debian().config("Labels", labels).image();
        InvalidImageException refused = assertThrows(
                InvalidImageException.class, () -> builder().build().instrument(lying));
        assertTrue(refused.getMessage().contains("flattened"), refused.getMessage());
    }

    @Test
    void restoresTheOriginalByteForByte() throws Exception {
        for (ImageFixture fixture : List.of(debian(), debian().docker())) {
            Image original = fixture.image();
            Image restored = Instrumenter.restore(builder().build().instrument(original));
            assertEquals(original.digest(), restored.digest());
            assertArrayEquals(original.bytes(), restored.bytes());
            assertArrayEquals(original.config(), restored.config());
            assertEquals(
                    original.layers().get(0).diffId(),
                    ImageFixtureDigests.tarOf(restored.layers().get(0)));
        }
        assertThrows(NotInstrumentableException.class, () -> Instrumenter.restore(debian().image()));
    }

    @Test
    void staysInTheFamilyOfTheImage() throws Exception {
        Image oci = instrument(debian());
        Image docker = instrument(debian().docker());
        assertEquals(MediaType.OCI_LAYER_GZIP, top(oci).descriptor().mediaType());
        assertEquals(MediaType.DOCKER_LAYER_GZIP, top(docker).descriptor().mediaType());
        assertEquals(MediaType.DOCKER_MANIFEST, docker.mediaType());
        assertEquals(Map.of(), docker.annotations());
        assertEquals(
                Map.of(
                        "org.opencontainers.image.base.digest",
                        debian().image().digest().toString()),
                oci.annotations());
        Image named = builder().baseName("docker.io/library/app:1").build().instrument(debian().image());
        assertEquals("docker.io/library/app:1", named.annotations().get("org.opencontainers.image.base.name"));
    }

    @Test
    void statesTheMediaTypeAndKeepsEmbeddedDataTrue() throws Exception {
        ImageFixture fixture = debian();
        byte[] config = fixture.configBytes();
        fixture.bendManifest(json -> json.without("mediaType")
                .with(
                        "config",
                        json.get("config")
                                .orElseThrow()
                                .with("data", Json.of(Base64.getEncoder().encodeToString(config)))));
        Image image = instrument(fixture);
        Json manifest = Json.parse(image.bytes(), "manifest");
        assertEquals(MediaType.OCI_MANIFEST, manifest.text("mediaType").orElseThrow());
        String data = manifest.get("config").orElseThrow().text("data").orElseThrow();
        assertArrayEquals(image.config(), Base64.getDecoder().decode(data));
    }

    @Test
    void refusesAVolumeOverItsFolder() throws Exception {
        for (String volume : List.of("/.crs", "/.crs/", "/.crs/lib", "//.crs", "/")) {
            Json volumes = Json.object().with(volume, Json.object());
            Image image = debian().config("Volumes", volumes).image();
            NotInstrumentableException refused = assertThrows(
                    NotInstrumentableException.class, () -> builder().build().instrument(image));
            assertTrue(refused.getMessage().contains("would cover"), refused.getMessage());
        }
        instrument(debian().config(
                        "Volumes", Json.object().with("/.crsx", Json.object()).with("/data", Json.object())));
    }

    @Test
    void refusesWindowsAndPlatformsWithoutAnAgent() throws Exception {
        Image windows = debian().document("os", Json.of("windows")).image();
        assertThrows(NotInstrumentableException.class, () -> builder().build().instrument(windows));
        assertFalse(builder().build().check(windows).instrumentable());
        Image arm = ImageFixture.of(new TarFixture().program("app", ProgramFixture.fixed(ProgramFixture.ARM64, "")))
                .entryPoint("/app")
                .document("architecture", Json.of("arm64"))
                .image();
        NotInstrumentableException refused = assertThrows(
                NotInstrumentableException.class, () -> builder().build().instrument(arm));
        assertTrue(refused.getMessage().contains("no agent for linux/arm64"), refused.getMessage());
        Instrumenter both = builder().agent(agent("linux/arm64/v8")).build();
        assertTrue(both.check(arm).instrumentable(), both.check(arm).toJson());
    }

    @Test
    void warnsOfDeepImagesAndRefusesTooDeepOnes() throws Exception {
        List<Warning> warnings = new ArrayList<>();
        Instrumenter instrumenter = builder().onWarning(warnings::add).build();
        instrumenter.instrument(deep(124).image());
        assertEquals(List.of(), warnings);
        instrumenter.instrument(deep(125).image());
        assertEquals("many-layers", warnings.get(0).code());
        Image tooDeep = deep(127).image();
        assertThrows(NotInstrumentableException.class, () -> instrumenter.instrument(tooDeep));
    }

    private static ImageFixture deep(int layers) {
        ImageFixture fixture = debian();
        byte[] empty = new TarFixture().bytes();
        for (int i = 1; i < layers; i++) {
            fixture.layer(empty);
        }
        return fixture;
    }

    @Test
    void takesNoPasswordIntoAnImage() {
        for (String url : List.of("https://user:secret@host/crs/v1.3", "https://user@host", "x://a b:c@d{/")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> builder().setting("mqUrl", url));
            assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
        }
        builder().setting("mqUrl", "https://host/crs/v1.3?mail=a@b");
        assertThrows(IllegalArgumentException.class, () -> builder().setting("mq Url", "x"));
        assertThrows(IllegalArgumentException.class, () -> builder().setting("mqUrl", "a\nb = 1"));
    }
}
