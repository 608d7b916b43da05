package io.crs.quickstart;

import io.crs.event.Event;
import java.util.List;
import java.util.Optional;

/** What is tried in the two demo images under {@code policy.json}. */
final class DemoAttempts {

    private static final String HASHES = "root:";
    private static final String SITE = "/var/www/html/index.html";
    private static final String PAGE = "The page of the demo site";

    private DemoAttempts() {}

    /** Run one after the other by one bash in the Debian image, each in a subshell. */
    static List<Attempt> debian() {
        return List.of(
                Attempt.allowed("cat reads a file no rule names", "cat /etc/debian_version", "12."),
                Attempt.denied("cat reads /etc/shadow", "cat /etc/shadow", "", HASHES, "/etc/shadow"),
                Attempt.denied(
                        "… through a symbolic link",
                        "ln -s /etc/shadow /tmp/s && cat /tmp/s",
                        "",
                        HASHES,
                        "/etc/shadow"),
                Attempt.denied(
                        "… through /proc/self/root", "cat /proc/self/root/etc/shadow", "", HASHES, "/etc/shadow"),
                Attempt.denied("… by a relative path", "cd /etc && cat shadow", "", HASHES, "/etc/shadow"),
                Attempt.denied(
                        "… through a hard link in the image",
                        "cat /var/lib/shadow-hardlink",
                        "",
                        HASHES,
                        "/var/lib/shadow-hardlink"),
                Attempt.denied(
                        "… by the shell itself, without a program",
                        "read -r line < /etc/shadow; echo \"$line\"",
                        "",
                        HASHES,
                        "/etc/shadow"),
                Attempt.denied("… by perl", "perl -e 'open F, \"/etc/shadow\"; print <F>'", "", HASHES, "/etc/shadow"),
                Attempt.monitored("cat reads /etc/passwd", "cat /etc/passwd", "root:x:0:0", "/etc/passwd"),
                Attempt.denied("apt-get is run", "apt-get --version", "", "apt 2", "/usr/bin/apt-get"),
                Attempt.allowed("dpkg is run", "dpkg --version", "package management"),
                Attempt.denied(
                        "the page is overwritten", "echo spoiled > " + SITE + "; cat " + SITE, PAGE, "spoiled", SITE),
                Attempt.denied("the page is deleted", "rm -f " + SITE + "; cat " + SITE, PAGE, "No such file", SITE),
                Attempt.denied(
                        "the page is replaced by mv",
                        "echo spoiled > /tmp/new && mv -f /tmp/new " + SITE + "; cat " + SITE,
                        PAGE,
                        "spoiled",
                        SITE),
                Attempt.allowed("a file elsewhere is written", "echo words > /tmp/w && cat /tmp/w", "words"),
                Attempt.allowed("nginx serves the page on 127.0.0.1:80", "nginx && " + fetch("127.0.0.1"), PAGE),
                Attempt.denied(
                        "the same nginx is asked as 127.0.0.2:80", page("127.0.0.2"), "", "200 OK", "127.0.0.2"));
    }

    /** Each is a container of its own: the static image holds nothing that could run two things. */
    static List<Attempt> statically() {
        return List.of(
                program("the Go program builds a file", "console.log", "", "/app/hello.js"),
                new Attempt(
                        "it reads /etc/shadow",
                        List.of("--bundle", "/etc/shadow", "--loader:=text", "--format=esm"),
                        "",
                        "20000",
                        Optional.of(new Attempt.ExpectedEvent(Event.Action.DENY, "/etc/shadow"))),
                new Attempt(
                        "it reads /etc/passwd",
                        List.of("--bundle", "/etc/passwd", "--loader:=text", "--format=esm"),
                        "root:x:0:0",
                        "",
                        Optional.of(new Attempt.ExpectedEvent(Event.Action.MONITOR, "/etc/passwd"))),
                new Attempt(
                        "it writes over the page",
                        List.of("/app/hello.js", "--outfile=/var/www/html/index.js", "--allow-overwrite"),
                        "permission denied",
                        "",
                        Optional.of(new Attempt.ExpectedEvent(Event.Action.DENY, "/var/www/html/index.js"))),
                program("it writes elsewhere", "Done in", "", "/app/hello.js", "--outfile=/tmp/out.js"));
    }

    private static Attempt program(String what, String shows, String hides, String... arguments) {
        return new Attempt(what, List.of(arguments), shows, hides, Optional.empty());
    }

    /** Asks until the server, which has just been started, listens. */
    private static String fetch(String host) {
        return "for i in 1 2 3 4 5 6 7 8 9 10; do { " + page(host) + "; } && break; sleep 0.1; done";
    }

    private static String page(String host) {
        return "exec 3<>/dev/tcp/" + host + "/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";
    }
}
