import java.net.*; import java.nio.file.*; import java.util.stream.*;
public class Threads {
    public static void main(String[] children) throws Exception {
        long read = IntStream.range(0, 400).parallel().mapToLong(i -> {
            try { return Files.readAllBytes(Path.of("/etc/passwd")).length > 0 ? 1 : 0; } catch (Exception e) { throw new RuntimeException(e); }
        }).sum();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(20_000);
            Thread peer = new Thread(() -> { try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) { s.getOutputStream().write(7); } catch (Exception e) { throw new RuntimeException(e); } });
            peer.start();
            try (Socket s = server.accept()) { read += s.getInputStream().read(); }
        }
        boolean child = children.length == 0 || new ProcessBuilder("true").start().waitFor() == 0;
        System.out.println("read " + read + (child ? "" : ", and the child failed"));
        System.exit(read == 407 && child ? 0 : 1);
    }
}
