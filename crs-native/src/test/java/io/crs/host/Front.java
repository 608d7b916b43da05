package io.crs.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listening socket in front of a back end, which does with each connection what a test wants. */
final class Front implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile Behavior behavior;

    /** What is done with a connection, whose first request's head was read. */
    interface Behavior {
        void serve(Socket agent, String head) throws IOException;
    }

    Front(Behavior first) throws IOException {
        behavior = first;
        start("front of a test", () -> {
            while (!socket.isClosed()) {
                try {
                    Socket agent = socket.accept();
                    connections.add(agent);
                    start("connection of a test", () -> serve(agent));
                } catch (IOException e) {
                    break;
                }
            }
        });
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket agent) {
        try (agent) {
            String head = head(agent.getInputStream());
            heads.add(head);
            behavior.serve(agent, head);
        } catch (IOException e) {
            // The agent has had enough.
        }
    }

    /** Byte by byte, so that nothing behind it is taken. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() > 65_536) {
                throw new IOException("no head came");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The heads of the first requests of all connections. */
    List<String> heads() {
        return new ArrayList<>(heads);
    }

    void become(Behavior next) {
        behavior = next;
        connections.forEach(Front::close);
    }

    /** Answers with text as it is, then closes. */
    static Behavior saying(String text) {
        return (agent, head) -> {
            agent.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            agent.shutdownOutput();
            agent.getInputStream().transferTo(OutputStream.nullOutputStream());
        };
    }

    /** Says nothing until the agent gives up. */
    static Behavior silent() {
        return (agent, head) -> agent.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Passes everything on to a port, the head first. */
    static Behavior to(int port) {
        return (agent, head) -> relay(agent, port, head);
    }

    static void relay(Socket agent, int port, String head) throws IOException {
        try (Socket server = new Socket()) {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            server.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            start("way back of a test", () -> {
                try {
                    server.getInputStream().transferTo(agent.getOutputStream());
                    agent.shutdownOutput();
                } catch (IOException e) {
                    close(agent);
                }
            });
            agent.getInputStream().transferTo(server.getOutputStream());
        }
    }

    private static void close(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        connections.forEach(Front::close);
    }
}
