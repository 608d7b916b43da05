package io.crs.image.registry;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS that cannot be spoken, for a client of plain HTTP: the JDK wants one all the same, and its own takes a seventh of a
 * short command to set up.
 */
final class NoTls extends SSLContextSpi {
    private NoTls() {}

    static SSLContext context() {
        return new Context();
    }

    private static final class Context extends SSLContext {
        Context() {
            super(new NoTls(), new None(), "none");
        }
    }

    /** Whom it is from. */
    private static final class None extends Provider {
        private static final long serialVersionUID = 1L;

        None() {
            super("none", "1", "no TLS");
        }
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] shown, TrustManager @Nullable [] trusted, @Nullable SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("plain HTTP has no keys");
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return new SSLParameters(new String[0], new String[0]);
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return engineGetDefaultSSLParameters();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        throw spoken();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw spoken();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        throw spoken();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        throw spoken();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        throw spoken();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        throw spoken();
    }

    private static IllegalStateException spoken() {
        return new IllegalStateException("a client of plain HTTP speaks no TLS");
    }
}
