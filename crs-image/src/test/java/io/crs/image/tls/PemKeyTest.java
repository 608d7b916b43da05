package io.crs.image.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PemKeyTest {
    private static PrivateKey generated(String algorithm, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (size > 0) {
            generator.initialize(size);
        }
        return generator.generateKeyPair().getPrivate();
    }

    private static byte[] pem(String kind, byte[] der) {
        return ("text before\n-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String refusal(byte[] pem) {
        return assertThrows(IOException.class, () -> PemKey.read(pem, "key.pem"))
                .getMessage();
    }

    @Example
    void readsEveryKindInPkcs8() throws Exception {
        for (PrivateKey key :
                new PrivateKey[] {generated("RSA", 2048), generated("EC", 384), generated("Ed25519", 0)}) {
            assertArrayEquals(
                    key.getEncoded(),
                    PemKey.read(pem("PRIVATE KEY", key.getEncoded()), "key.pem").getEncoded());
        }
    }

    @Example
    void readsRsaInPkcs1() throws Exception {
        for (int bits : new int[] {512, 2048}) {
            byte[] pkcs8 = generated("RSA", bits).getEncoded();
            byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
            assertEquals(0x30, pkcs1[0]);
            assertArrayEquals(
                    pkcs8, PemKey.read(pem("RSA PRIVATE KEY", pkcs1), "key.pem").getEncoded());
        }
    }

    @Example
    void refusesAKeyThatIsLockedAndSaysHowToUnlockIt() {
        assertTrue(refusal(pem("ENCRYPTED PRIVATE KEY", new byte[8])).contains("openssl pkey"));
        byte[] old = ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----")
                .getBytes(StandardCharsets.US_ASCII);
        assertTrue(refusal(old).contains("passphrase"));
    }

    @Example
    void refusesWhatIsNoKey() {
        assertTrue(refusal(new byte[0]).contains("no private key"));
        assertTrue(refusal(pem("PRIVATE KEY", new byte[] {1, 2, 3})).contains("damaged"));
        assertTrue(refusal(pem("CERTIFICATE", new byte[] {1, 2, 3})).contains("no private key"));
    }

    @Property
    void bytesThatAreNoKeyAreRefusedWithoutRepeatingThem(@ForAll byte[] bytes) {
        for (String kind : new String[] {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
            IOException refused = assertThrows(IOException.class, () -> PemKey.read(pem(kind, bytes), "key.pem"));
            assertTrue(refused.getMessage().startsWith("key.pem holds"), refused.getMessage());
            assertFalse(refused.getCause() != null);
        }
    }

    @Property
    void aCurveThatIsDamagedIsRefused(@ForAll byte[] tail) throws IOException {
        byte[] key = new byte[tail.length + 6];
        System.arraycopy(new byte[] {0x30, (byte) 0x84, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}, 0, key, 0, 6);
        System.arraycopy(tail, 0, key, 6, tail.length);
        assertTrue(refusal(pem("EC PRIVATE KEY", key)).contains("damaged"));
    }
}
