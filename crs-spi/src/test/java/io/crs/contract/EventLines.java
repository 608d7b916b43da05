package io.crs.contract;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines as an agent writes them. */
public final class EventLines {
    private EventLines() {}

    /** The container of {@link #line}. */
    public static final String CONTAINER = "c0".repeat(32);

    /** The id of the event with a sequence number. */
    public static String id(String run, int seq) {
        return String.format(Locale.ROOT, "%s-%06d", run, seq);
    }

    /** One event with its line feed. */
    public static String line(String run, int seq) {
        return lineOf(CONTAINER, run, seq);
    }

    /** One event of another container. */
    public static String lineOf(String container, String run, int seq) {
        return String.format(
                Locale.ROOT,
                "{\"v\":1,\"id\":\"%s\",\"seq\":%d,\"time\":\"2026-11-21T19:%02d:%02d.%06dZ\",\"type\":\"STANDARD\","
                        + "\"action\":\"DENY\",\"enforced\":true,\"container\":{\"id\":\"%s\"},\"process\":{\"pid\":85,"
                        + "\"exe\":\"/usr/bin/cat\"},\"syscall\":{\"arch\":\"x86_64\",\"nr\":2,\"name\":\"open\",\"args\":"
                        + "[\"/etc/shadow\",\"O_RDONLY\"],\"errno\":\"EACCES\"},\"via\":\"notify\",\"lost\":0}\n",
                id(run, seq),
                seq,
                seq / 60 % 60,
                seq % 60,
                seq,
                container);
    }

    /** Events with consecutive sequence numbers. */
    public static String lines(String run, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(seq -> line(run, seq))
                .collect(Collectors.joining());
    }
}
