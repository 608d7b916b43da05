package io.crs.image.daemon;

import io.crs.image.format.BlockInput;
import io.crs.image.format.ForeignText;
import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One call of an engine: a request, and the answer to it, on a connection of their own. */
final class EngineCall implements Closeable {
    private static final int MOST_ERROR_BYTES = 64 << 10;

    /** What goes with a request, written as the engine takes it. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private final String engine;
    private final EngineConnection connection;
    private final HttpHead head;
    private final InputStream body;

    private EngineCall(String engine, EngineConnection connection, HttpHead head, boolean headOnly) throws IOException {
        this.engine = engine;
        this.connection = connection;
        this.head = head;
        this.body = new NamedInput(HttpBody.of(head, headOnly, connection.in()));
    }

    /** A request. Its path begins with a slash and is escaped where it must be. */
    record Request(String method, String path, String mediaType, Optional<Content> content) {
        static Request of(String method, String path) {
            return new Request(method, path, "", Optional.empty());
        }

        static Request json(String method, String path, Json json) {
            return new Request(method, path, "application/json", Optional.of(out -> out.write(json.toBytes())));
        }

        static Request tar(String method, String path, Content content) {
            return new Request(method, path, "application/x-tar", Optional.of(content));
        }
    }

    /**
     * Sends a request and reads the head of the answer.
     *
     * @param patience how long a single read or write may take
     * @throws EngineException if the status is not 2xx
     */
    static EngineCall send(EngineAddress address, Request request, Duration patience) throws IOException {
        EngineConnection connection = connect(address, patience);
        String engine = "the Docker Engine at " + address;
        boolean answered = false;
        try {
            Optional<BrokenConnectionException> broken = write(address, request, connection);
            HttpHead head = head(connection, broken);
            EngineCall call = new EngineCall(engine, connection, head, request.method.equals("HEAD"));
            call.refuseUnlessDone();
            if (broken.isPresent()) {
                throw broken.get();
            }
            answered = true;
            return call;
        } catch (BrokenConnectionException | EngineException e) {
            throw e;
        } catch (HttpContentException e) {
            throw e.cause();
        } catch (IOException e) {
            throw new IOException(engine + ": " + e.getMessage(), e);
        } finally {
            if (!answered) {
                connection.close();
            }
        }
    }

    Optional<String> header(String name) throws IOException {
        return head.single(name);
    }

    /** Returns the content. Reading it throws where the connection ends before it does. */
    InputStream body() {
        return body;
    }

    /** Reads the whole content. */
    byte[] bytes(int limit) throws IOException {
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new IOException(engine + " answers with more than " + limit + " bytes");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    private static EngineConnection connect(EngineAddress address, Duration patience) throws IOException {
        try {
            return EngineConnection.open(address, patience);
        } catch (IOException e) {
            String hint = address instanceof EngineAddress.Unix
                    ? "start it, or say where it is (DOCKER_HOST, DOCKER_CONTEXT); its socket may be open only to root "
                            + "and the group docker"
                    : "start it, or say where it is (DOCKER_HOST, DOCKER_CONTEXT), and with which certificates "
                            + "(DOCKER_TLS_VERIFY, DOCKER_CERT_PATH)";
            throw new IOException("no connection to " + named(address, e) + "; " + hint, e);
        }
    }

    private static String named(EngineAddress address, IOException e) {
        String message = String.valueOf(e.getMessage());
        String engine = "the Docker Engine at " + address;
        return message.startsWith(engine) ? message : engine + ": " + message;
    }

    /** Sends a request. An engine that refuses takes no more, but may have said why, which is what counts then. */
    private static Optional<BrokenConnectionException> write(
            EngineAddress address, Request request, EngineConnection connection) throws IOException {
        String prefix = address instanceof EngineAddress.Tcp tcp ? tcp.path() : "";
        String host = address instanceof EngineAddress.Tcp tcp ? tcp.authority() : "docker";
        StringBuilder text = new StringBuilder();
        text.append(request.method)
                .append(' ')
                .append(prefix)
                .append(request.path)
                .append(" HTTP/1.1\r\n");
        text.append("Host: ").append(host).append("\r\nUser-Agent: crs\r\nConnection: close\r\n");
        if (request.content.isPresent()) {
            text.append("Content-Type: ").append(request.mediaType).append("\r\nTransfer-Encoding: chunked\r\n");
        } else if (request.method.equals("POST")) {
            text.append("Content-Length: 0\r\n");
        }
        try {
            connection.out().write(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            if (request.content.isPresent()) {
                writeContent(request.content.get(), connection.out());
            }
            connection.out().flush();
            return Optional.empty();
        } catch (BrokenConnectionException e) {
            return Optional.of(e);
        }
    }

    private static HttpHead head(EngineConnection connection, Optional<BrokenConnectionException> broken)
            throws IOException {
        try {
            return HttpHead.read(connection.in());
        } catch (IOException e) {
            throw broken.isPresent() ? broken.get() : e;
        }
    }

    private static void writeContent(Content content, OutputStream out) throws IOException {
        ChunkedOutput chunks = new ChunkedOutput(out);
        BufferedOutputStream buffered = new BufferedOutputStream(chunks, 64 << 10);
        try {
            content.writeTo(buffered);
            buffered.flush();
        } catch (BrokenConnectionException e) {
            throw e;
        } catch (IOException e) {
            // Not the engine's fault, and told in its own words; the engine sees content without an end.
            throw new HttpContentException(e);
        }
        chunks.finish();
    }

    private void refuseUnlessDone() throws IOException {
        if (head.status() >= 200 && head.status() < 300) {
            return;
        }
        String message = "";
        try {
            byte[] bytes = body.readNBytes(MOST_ERROR_BYTES);
            message = Json.parse(bytes, "").text("message").orElse("");
        } catch (MalformedException e) {
            // A proxy in between speaks HTML.
        }
        throw new EngineException(
                head.status(),
                engine + " answers " + head.status() + (message.isEmpty() ? "" : ": " + ForeignText.line(message)));
    }

    /** An error of what was to be sent, on its way through the sending. */
    private static final class HttpContentException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient IOException cause;

        HttpContentException(IOException cause) {
            super(cause);
            this.cause = cause;
        }

        IOException cause() {
            return cause;
        }
    }

    /** Puts the engine's name into the message of whatever is wrong with its answer. */
    private final class NamedInput extends BlockInput {
        private final InputStream in;

        NamedInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (BrokenConnectionException e) {
                throw e;
            } catch (IOException e) {
                throw new IOException(engine + ": " + e.getMessage(), e);
            }
        }
    }

    /** Content in chunks. */
    private static final class ChunkedOutput extends OutputStream {
        private static final byte[] LINE = {'\r', '\n'};

        private final OutputStream out;

        ChunkedOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return;
            }
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, offset, length);
            out.write(LINE);
        }

        void finish() throws IOException {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
