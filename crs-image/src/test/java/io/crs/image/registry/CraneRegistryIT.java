package io.crs.image.registry;

import io.crs.image.fixture.CraneFixture;
import io.crs.image.fixture.RegistryServer;

/** The registry in crane, which mounts no blobs of other repositories but has one store for all. */
class CraneRegistryIT extends RegistryCases {
    @Override
    RegistryServer start() throws Exception {
        return CraneFixture.start(crane(), folder);
    }
}
