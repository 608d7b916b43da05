package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryProxyTest {
    @Test
    void theEnvironmentNamesProxiesInCapitalsOrNot() {
        RegistryProxy proxy = RegistryProxy.of(Map.of(
                "https_proxy",
                "http://lower:1",
                "HTTPS_PROXY",
                "http://upper:2",
                "HTTP_PROXY",
                "plain:3",
                "NO_PROXY",
                " "));
        assertEquals(
                "lower",
                proxy.find(URI.create("https://a.example")).orElseThrow().getHost());
        assertEquals(3, proxy.find(URI.create("http://a.example")).orElseThrow().getPort());
        assertTrue(RegistryProxy.of(Map.of("HTTPS_PROXY", "  "))
                .find(URI.create("https://a"))
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, https://example.com, true",
        "example.com, https://a.example.com, true",
        "example.com, https://badexample.com, false",
        ".example.com, https://a.example.com, true",
        "*.example.com, https://a.example.com, true",
        "example.com:5000, https://example.com:5000, true",
        "example.com:5000, https://example.com, false",
        "*, https://anything.example, true",
        "127.0.0.1, https://127.0.0.1:5000, true",
        "::1, https://[::1]:5000, true",
        "EXAMPLE.com, https://Example.COM, true"
    })
    void hostsAreReachedWithout(String entry, String target, boolean without) {
        RegistryProxy proxy = RegistryProxy.of(Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", "x, " + entry));
        assertEquals(without, proxy.find(URI.create(target)).isEmpty());
    }

    @Test
    void aPasswordIsShownToTheProxyAndToNobodyElse() {
        RegistryProxy proxy = RegistryProxy.of("http://us%40er:p%3Ass+x@proxy.example:3128");
        assertEquals(
                "Basic dXNAZXI6cDpzcyt4",
                proxy.authorization(URI.create("https://a")).orElseThrow());
    }

    @Test
    void whatIsNoProxyIsNotRepeated() {
        for (String text :
                new String[] {"https://u:secret@p", "http://u:secret@", "socks5://u:secret@p:1", "::secret::"}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> RegistryProxy.of(text));
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }
}
