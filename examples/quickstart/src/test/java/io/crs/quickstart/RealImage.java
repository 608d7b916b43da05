package io.crs.quickstart;

import java.util.List;

/**
 * An image of {@code tools/demo-images}, what must be found out about it, and what shows that a policy holds in it.
 *
 * @param image its name there
 * @param verdict level, C library and system, as {@link PlacesIT} writes a verdict
 * @param secret the file no program may read
 * @param allowed what works, with the agent and without
 * @param denied what reads the secret, and works without the agent alone
 */
record RealImage(String image, String verdict, String secret, List<String> allowed, List<String> denied) {

    /** Nothing but a static program, which bundles one file and may not read the other. */
    static final RealImage GO = new RealImage(
            "esbuild",
            "STATIC none - - -",
            "/app/hello.js",
            List.of("/var/www/html/index.js"),
            List.of("/app/hello.js"));

    /** No shell: the launcher of Java is told to read a file of arguments. */
    private static final RealImage JAVA = new RealImage(
            "jre",
            "SUPPORTED glibc 2.36 - -",
            "/app/arguments",
            List.of("-XX:TieredStopAtLevel=1", "-version"),
            List.of("@/app/arguments"));

    private static final String TWO_SERVERS = """
            redis-server --daemonize yes --dir /tmp --save '' >/dev/null && nginx && exec 3<>/dev/tcp/127.0.0.1/80
            printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q 'demo site' <&3 || exit 1
            for _ in $(seq 100); do [ "$(redis-cli PING)" != PONG ] || exit 0; sleep 0.1; done
            exit 1
            """;

    static List<RealImage> all() {
        return List.of(
                shell("bullseye", "glibc 2.31 debian 11", Demo.SECRET, "cat", Demo.ALLOWED),
                shell("nginx", "glibc 2.36 debian 12", Demo.SECRET, "cat", Demo.ALLOWED),
                shell("trixie", "glibc 2.41 debian 13", Demo.SECRET, "cat", Demo.ALLOWED),
                shell("web", "glibc 2.36 debian 12", Demo.SECRET, "bash", "-c", TWO_SERVERS),
                shell("musl", "musl 1.2.3 - -", "/etc/group", "postgres", "--version"),
                JAVA,
                GO);
    }

    private static RealImage shell(String image, String system, String secret, String... allowed) {
        return new RealImage(image, "SUPPORTED " + system, secret, List.of(allowed), List.of("cat", secret));
    }

    @Override
    public String toString() {
        return image;
    }
}
