package io.crs.image.inspect;

import io.crs.image.fixture.FactCacheContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FolderCacheTest extends FactCacheContract {
    @TempDir
    Path folder;

    @Override
    protected FactCache empty() {
        return FactCache.folder(folder.resolve("facts"), 128L << 20);
    }
}
