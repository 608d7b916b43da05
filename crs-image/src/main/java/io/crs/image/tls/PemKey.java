package io.crs.image.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key in PEM: PKCS#8, or the older forms of RSA (PKCS#1) and elliptic curves (SEC 1), which the JDK does not
 * read and which are put into a PKCS#8 frame here.
 *
 * <p>Messages name the file, never what is in it.
 */
public final class PemKey {
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xa0;

    private PemKey() {}

    /**
     * Reads the first private key of a text.
     *
     * @param file what the text lies in, for messages
     * @throws IOException if it holds none, or one that cannot be used
     */
    public static PrivateKey read(byte[] pem, String file) throws IOException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new IOException(file + " holds no private key in PEM");
        }
        String kind = block.group(1);
        if (kind.startsWith("ENCRYPTED") || block.group(2).contains("Proc-Type")) {
            throw new IOException(file + " is locked by a passphrase, which cannot be asked for here: write it without "
                    + "one (openssl pkey -in key.pem -out plain.pem) where only its owner reads it");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds a private key that is damaged");
        }
        return switch (kind) {
            case "RSA PRIVATE KEY" -> key(file, List.of("RSA"), framed(RSA, der));
            case "EC PRIVATE KEY" -> key(file, List.of("EC"), framed(curve(der, file), der));
            default -> key(file, List.of("RSA", "EC", "EdDSA"), der);
        };
    }

    private static PrivateKey key(String file, List<String> algorithms, byte[] pkcs8) throws IOException {
        for (String algorithm : algorithms) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // Of another kind; whatever else was wrong with it would be told in words of the key's own bytes.
            }
        }
        throw new IOException(file + " holds a private key that is damaged, or of none of the kinds " + algorithms);
    }

    private static byte[] framed(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, concat(VERSION, algorithm, element(OCTETS, key)));
    }

    /** The curve's name stands beside the key itself: version, octets, [0] name. */
    private static byte[] curve(byte[] key, String file) throws IOException {
        try {
            ByteBuffer fields = content(ByteBuffer.wrap(key), SEQUENCE);
            content(fields, 0x02);
            content(fields, OCTETS);
            ByteBuffer name = content(fields, PARAMETERS);
            byte[] oid = new byte[name.remaining()];
            name.get(oid);
            return element(SEQUENCE, concat(EC, oid));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw new IOException(file + " holds a private key of an elliptic curve that is damaged, or does not name "
                    + "its curve: write it as PKCS#8 (openssl pkcs8 -topk8 -nocrypt)");
        }
    }

    /** Reads one element of DER and returns what is in it. */
    private static ByteBuffer content(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new IllegalArgumentException("another element");
        }
        int length = in.get() & 0xff;
        if (length > 0x80) {
            int bytes = length & 0x7f;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | (in.get() & 0xff);
            }
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a length past the end");
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        // The length itself first says how many bytes it takes, and takes no more than it must.
        if (content.length >= 0x80) {
            int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i > 0; i--) {
                out.write(content.length >> (8 * i));
            }
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
