package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a registry at a public address (of the block kept for documentation) may send its client. */
class DestinationsTest {
    private static final URI REGISTRY = URI.create("https://203.0.113.5");

    private static URI check(String address, String... allowed) throws RegistryException {
        return new Destinations(REGISTRY, Set.of(allowed)).check(REGISTRY.resolve("/v2/a"), address, "redirect");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://169.254.169.254/x",
                "https://[fe80::1]/x",
                "https://[fd00:ec2::254]/x",
                "https://0.0.0.0/x",
                "https://224.0.0.1/x",
                "https://127.0.0.1/x",
                "https://[::1]/x",
                "https://10.1.2.3/x",
                "https://172.16.0.1/x",
                "https://192.168.0.1/x",
                "https://100.64.0.1/x",
                "https://[fc00::1]/x",
                "https://[::ffff:10.0.0.1]/x",
                "http://203.0.113.9/x",
                "ftp://203.0.113.9/x",
                "https://u:p@203.0.113.9/x",
                "https:///x",
                "mailto:a@b",
                "%"
            })
    void doesNotLeadIntoAnotherNetwork(String address) {
        RegistryException e = assertThrows(RegistryException.class, () -> check(address));
        assertTrue(e.getMessage().startsWith("203.0.113.5: the redirect"), e.getMessage());
        assertTrue(!e.getMessage().contains("u:p"), e.getMessage());
    }

    @Test
    void leadsWhereOthersCanGoToo() throws RegistryException {
        assertEquals(
                "https://203.0.113.9/x?y=1", check("https://203.0.113.9/x?y=1").toString());
        assertEquals("https://203.0.113.5/v2/b", check("b").toString());
        assertEquals("https://203.0.113.5/b", check("/b").toString());
    }

    @Test
    void aPrivateAddressThatWasAllowedIsTaken() throws RegistryException {
        assertEquals(
                "https://10.1.2.3:8443/x",
                check("https://10.1.2.3:8443/x", "10.1.2.3").toString());
        assertEquals(
                "https://10.1.2.3:8443/x",
                check("https://10.1.2.3:8443/x", "10.1.2.3:8443").toString());
        assertThrows(RegistryException.class, () -> check("https://10.1.2.3/x", "10.1.2.3:8443"));
        assertThrows(RegistryException.class, () -> check("https://169.254.169.254/x", "169.254.169.254"));
    }

    @Test
    void aRegistryBehindAProxyThatEndsTlsIsStillSpokenToByTls() throws RegistryException {
        assertEquals(
                "https://203.0.113.5/v2/a/blobs/uploads/1",
                check("http://203.0.113.5/v2/a/blobs/uploads/1").toString());
    }

    @Test
    void aRegistryOfAPrivateNetworkMayLeadToItsNeighbours() throws RegistryException {
        URI registry = URI.create("https://10.0.0.1:5000");
        Destinations inner = new Destinations(registry, Set.of());
        assertEquals(
                "https://10.0.0.2/t",
                inner.check(registry, "https://10.0.0.2/t", "token service").toString());
        assertThrows(RegistryException.class, () -> inner.check(registry, "http://10.0.0.2/t", "token service"));
        assertThrows(RegistryException.class, () -> inner.check(registry, "https://169.254.169.254/", "token service"));
    }
}
