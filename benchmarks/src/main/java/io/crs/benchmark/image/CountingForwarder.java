package io.crs.benchmark.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands on loopback before registries that speak plain HTTP/1.1, and tells of each request how many bytes went and came.
 */
public final class CountingForwarder {
    private final List<RequestCount> requests = new ArrayList<>();

    private CountingForwarder() {}

    /**
     * Listens at one free port before each registry and prints these ports on one line. For each line of standard input, the
     * name of a file, it writes the requests since the last one into the file and prints {@code done}. Ends with its input.
     *
     * @param arguments the ports of the registries
     */
    public static void main(String[] arguments) throws IOException {
        CountingForwarder forwarder = new CountingForwarder();
        List<String> ports = new ArrayList<>();
        for (String argument : arguments) {
            ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
            ports.add(String.valueOf(server.getLocalPort()));
            start(() -> forwarder.accept(server, Integer.parseInt(argument)));
        }
        System.out.println(String.join(" ", ports));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = in.readLine(); file != null; file = in.readLine()) {
            Files.write(Path.of(file), forwarder.taken());
            System.out.println("done");
        }
        System.exit(0);
    }

    private List<String> taken() {
        synchronized (requests) {
            List<String> lines = requests.stream().map(RequestCount::toString).toList();
            requests.clear();
            return lines;
        }
    }

    private void accept(ServerSocket server, int port) {
        try {
            while (true) {
                Socket client = server.accept();
                Socket registry = new Socket(InetAddress.getLoopbackAddress(), port);
                client.setTcpNoDelay(true);
                registry.setTcpNoDelay(true);
                Conversation conversation = new Conversation();
                start(() -> pass(client, registry, conversation::sent));
                start(() -> pass(registry, client, conversation::received));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Heard {
        void bytes(byte[] buffer, int length);
    }

    /** Whichever side closes first ends the conversation. */
    private static void pass(Socket from, Socket to, Heard heard) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                heard.bytes(buffer, read);
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // A side that hangs up in the middle has its reasons; the other one is told by the closing of its own side.
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "forwarder");
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection: what is received belongs to the request that was sent last. */
    private final class Conversation {
        private final RequestScanner scanner = new RequestScanner(this::begun);
        private RequestCount current = new RequestCount("");

        private void begun(String line) {
            current = new RequestCount(line);
            synchronized (requests) {
                requests.add(current);
            }
        }

        synchronized void sent(byte[] buffer, int length) {
            // Clients wait for an answer before they ask again, so what comes at once is of one request.
            scanner.accept(buffer, length);
            current.sent(length);
        }

        synchronized void received(byte[] buffer, int length) {
            current.answer(buffer, length);
        }
    }
}
