package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.inspect.Facts.Release;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseFileTest {
    private static Release read(String path, String text) throws IOException {
        return ReleaseFile.read(path, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .orElse(new Release("", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/etc/os-release | ID=debian;VERSION_ID=\"12\" | debian | 12",
                "/etc/os-release | ID='ubuntu'\r;VERSION_ID=\"22.04\"\r | ubuntu | 22.04",
                "/etc/os-release | # ID=no; ID = centos ;ID=rocky;VERSION_ID=9 | rocky | 9",
                "/usr/lib/os-release | ID=debian | debian | ''",
                "/etc/alpine-release | 3.16.0 | alpine | 3.16.0",
                "/etc/debian_version | trixie/sid | debian | trixie/sid",
                "/etc/centos-release | CentOS Linux release 8.1.1911 (Core)  | centos | 8.1.1911",
                "/etc/redhat-release | CentOS release 6.10 (Final) | centos | 6.10",
                "/etc/redhat-release | Red Hat Enterprise Linux Server release 7.9 (Maipo) | rhel | 7.9",
                "/etc/redhat-release | Fedora release 35 (Thirty Five) | fedora | 35",
                "/etc/system-release | Amazon Linux release 2 (Karoo) | amzn | 2",
                "/etc/system-release | Amazon Linux AMI release 2018.03 | amzn | 2018.03",
                "/etc/lsb-release | DISTRIB_ID=Ubuntu;DISTRIB_RELEASE=14.04 | ubuntu | 14.04",
                "/etc/SuSE-release | openSUSE 13.1 (x86_64);VERSION = 13.1 | opensuse | 13.1",
                "/etc/SuSE-release | SUSE Linux Enterprise Server 11 (x86_64);VERSION = 11;PATCHLEVEL = 4 | sles | 11.4",
                "/etc/redhat-release | something else | '' | ''"
            })
    void readsEveryForm(String path, String text, String id, String version) throws IOException {
        assertEquals(new Release(id, version), read(path, text.replace(';', '\n')));
    }

    private static Compatibility inspect(TarFixture layer) throws IOException {
        return new ImageInspector()
                .inspect(ImageFixture.of(layer.program("app", ProgramFixture.fixed(62, "")))
                        .entryPoint("/app")
                        .image());
    }

    @Test
    void takesAVersionOsReleaseLacksFromTheDistributionsOwnFile() throws IOException {
        Compatibility verdict = inspect(new TarFixture()
                .file("etc/os-release", "ID=debian\n")
                .file("etc/alpine-release", "3.1\n")
                .file("etc/debian_version", "trixie/sid\n"));
        assertEquals(Optional.of("debian"), verdict.os().id());
        assertEquals(Optional.of("trixie/sid"), verdict.os().version());
        assertEquals(
                "[os-release, debian_version]",
                verdict.evidence().stream()
                        .map(each -> each.what())
                        .filter(what -> what.contains("release") || what.contains("version"))
                        .toList()
                        .toString());
    }

    @Test
    void believesOsReleaseFirst() throws IOException {
        Compatibility verdict = inspect(new TarFixture()
                .file("etc/debian_version", "10.13\n")
                .file("etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\n"));
        assertEquals(Optional.of("ubuntu"), verdict.os().id());
        assertEquals(Optional.of("14.04"), verdict.os().version());
        assertEquals(Optional.empty(), inspect(new TarFixture()).os().id());
        assertEquals(
                Optional.of("centos"),
                inspect(new TarFixture()
                                .link("etc/redhat-release", "centos-release")
                                .file("etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n"))
                        .os()
                        .id());
    }

    @Property(tries = 500)
    void takesAnyText(@ForAll String text) throws IOException {
        for (String path : ReleaseFile.PATHS) {
            read(path, text);
        }
    }
}
