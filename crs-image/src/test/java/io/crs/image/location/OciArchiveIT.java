package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Image;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What skopeo, which checks every digest, makes of archives written here, and the other way round. */
class OciArchiveIT {
    @TempDir
    Path folder;

    private static ImageFixture fixture(String content) {
        return ImageFixture.of(new TarFixture().file("a", content)).entryPoint("/a");
    }

    private ImageLocation location(String name) {
        return ImageLocation.parse(name.replace(":", ":" + folder + "/").replace("|", ":"));
    }

    @Test
    void skopeoReadsEveryTagOfAnArchiveWrittenHere() throws Exception {
        Image one = fixture("1").image();
        location("oci-archive:out.tar|one").write(one);
        location("oci-archive:out.tar|two").write(fixture("2").image());
        for (String tag : new String[] {"one", "two"}) {
            ExternalTool.run(folder, "skopeo", "copy", "oci-archive:out.tar:" + tag, "oci:again:" + tag);
        }
        assertEquals(one.digest(), location("oci:again|one").read().digest());
        assertEquals(
                fixture("2").image().digest(), location("oci:again|two").read().digest());
        String raw = ExternalTool.run(folder, "skopeo", "inspect", "--raw", "oci-archive:out.tar:one");
        assertTrue(raw.contains(one.layers().get(0).descriptor().digest().toString()), raw);
    }

    @Test
    void anArchiveOfSkopeoIsReadAndAddedTo() throws Exception {
        Image image = fixture("1").image();
        location("oci:layout|app").write(image);
        ExternalTool.run(folder, "skopeo", "copy", "oci:layout:app", "oci-archive:made.tar:app");
        Image read = location("oci-archive:made.tar|app").read();
        assertEquals(image.digest(), read.digest());
        location("oci-archive:made.tar|app").layered().write(fixture("2").image());
        ExternalTool.run(folder, "skopeo", "copy", "oci-archive:made.tar:app", "oci:again:app");
        ExternalTool.run(folder, "skopeo", "copy", "oci-archive:made.tar:app-layered", "oci:again:app-layered");
        assertEquals(image.digest(), location("oci:again|app").read().digest());
    }
}
