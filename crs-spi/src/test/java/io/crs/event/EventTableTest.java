package io.crs.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class EventTableTest {
    /** The sample rows of the guide's two screens. */
    private static List<JsonNode> samples() throws IOException {
        List<JsonNode> samples = new ArrayList<>();
        try (InputStream in = EventTableTest.class.getResourceAsStream("guide-events.jsonl")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                samples.add(new ObjectMapper().readTree(line));
            }
        }
        assertEquals(12, samples.size());
        return samples;
    }

    /** The line an agent would have sent for a sample row: a path call has its raw argument, a descriptor call a path. */
    private static Event lineOf(JsonNode sample, int seq) throws EventFormatException {
        String file = sample.get("fileName").asText();
        String name = sample.get("systemCallName").asText().substring("sys_".length());
        String args = "";
        String object = "";
        if (name.equals("open")) {
            args = ",\"args\":[\"" + file + "\",\"O_RDONLY\"]";
            String requested = file.startsWith("/") ? file : "/etc/" + file;
            object = ",\"object\":{\"kind\":\"file\",\"requested\":\"" + requested + "\",\"path\":\"/elsewhere\"}";
        } else if (file.startsWith("/")) {
            args = ",\"args\":[\"3\"]";
            object = ",\"object\":{\"kind\":\"file\",\"path\":\"" + file + "\"}";
        } else {
            args = ",\"args\":[\"" + file + "\"]";
        }
        String time = DateTimeFormatter.ofPattern("MMMM d, uuuu hh:mm:ssa", Locale.US)
                .withZone(ZoneOffset.UTC)
                .parse(sample.get("time").asText(), ZonedDateTime::from)
                .toInstant()
                .toString();
        String action = sample.get("action").asText().equals("Denied") ? "DENY" : "ALLOW";
        String container = sample.get("containerId").isNull()
                ? ""
                : "\"container\":{\"id\":\"99cfbd11e113" + "0f".repeat(26) + "\"},";
        return EventJson.read(String.format(
                Locale.ROOT,
                "{\"v\":1,\"id\":\"e%d\",\"seq\":%d,\"time\":\"%s\",\"type\":\"%s\",\"action\":\"%s\","
                        + "%s\"process\":{\"pid\":%d,\"exe\":\"%s\"},\"syscall\":{\"arch\":\"x86_64\",\"nr\":%d,\"name\":\"%s\"%s}%s}",
                seq,
                seq,
                time,
                sample.get("type").asText().toUpperCase(Locale.ROOT),
                action,
                container,
                sample.get("processId").asInt(),
                sample.get("processName").asText(),
                sample.get("systemCall").asInt(),
                name,
                args,
                object));
    }

    @Test
    void showsTheRowsOfTheGuide() throws Exception {
        int seq = 0;
        for (JsonNode sample : samples()) {
            Event event = lineOf(sample, ++seq);
            String process = sample.get("processName").asText();
            String pid = sample.get("processId").asText();
            if (sample.get("view").asText().equals("events")) {
                assertEquals(
                        List.of(
                                sample.get("containerId").asText(),
                                sample.get("type").asText(),
                                sample.get("action").asText(),
                                sample.get("fileName").asText(),
                                process + " Process Id: " + pid,
                                sample.get("systemCall").asText(),
                                sample.get("systemCallName").asText(),
                                sample.get("time").asText()),
                        EventTable.ofEvents().row(event));
            } else {
                assertEquals(
                        List.of(
                                process,
                                pid,
                                sample.get("systemCallName").asText(),
                                sample.get("fileName").asText(),
                                sample.get("action").asText(),
                                sample.get("time").asText()),
                        EventTable.ofContainer().row(event));
            }
        }
    }

    @Test
    void bearsTheTitlesOfTheGuide() {
        assertEquals(
                List.of(
                        "CONTAINER ID",
                        "TYPE",
                        "ACTION",
                        "FILE NAME",
                        "PROCESS NAME",
                        "SYSTEM CALL",
                        "SYSTEM CALL NAME",
                        "TIME"),
                EventTable.ofEvents().titles());
        assertEquals(
                List.of("PROCESS", "PROCESS ID", "CALL", "ARGUMENTS", "ACTION", "TIME"),
                EventTable.ofContainer().titles());
    }

    @Test
    void alignsColumns() throws Exception {
        List<Event> events = List.of(
                lineOf(samples().get(8), 1),
                lineOf(samples().get(10), 2),
                lineOf(samples().get(11), 3));
        assertEquals("""
                PROCESS   PROCESS ID  CALL         ARGUMENTS                           ACTION   TIME
                /bin/cat  198         sys_fstat    /lib/x86_64-linux-gnu/libc-2.19.so  Allowed  September 8, 2020 09:04:49AM
                /bin/sh   186         sys_setpgid  198                                 Allowed  September 8, 2020 09:04:49AM
                /bin/cat  198         sys_fstat    /dev/pts/1                          Allowed  September 8, 2020 09:04:49AM
                """, EventTable.ofContainer().render(events));
    }

    @Test
    void showsThePeerOfASocketAndMonitoredCallsInAnotherZone() throws Exception {
        Event event = EventJson.read(
                "{\"v\":1,\"id\":\"a\",\"seq\":1,\"time\":\"2026-01-01T00:30:00Z\",\"type\":\"STANDARD\","
                        + "\"action\":\"MONITOR\",\"process\":{\"pid\":7},\"syscall\":{\"arch\":\"x86_64\",\"nr\":42,\"name\":\"connect\"},"
                        + "\"object\":{\"kind\":\"socket\",\"address\":\"2001:db8::1\",\"port\":443}}");
        assertEquals(
                List.of("", "7", "sys_connect", "[2001:db8::1]:443", "Monitored", "December 31, 2025 11:30:00PM"),
                EventTable.ofContainer().in(ZoneOffset.ofHours(-1)).row(event));
    }

    @Test
    void showsWhatTheAgentSaysOfItself() throws Exception {
        Event event = EventJson.read(
                "{\"v\":1,\"id\":\"a\",\"seq\":1,\"time\":\"2026-01-01T00:30:00Z\",\"type\":\"GAP\",\"count\":3,\"reason\":\"full\"}");
        assertEquals(
                List.of("", "Gap", "", "full", "", "", "", "January 1, 2026 12:30:00AM"),
                EventTable.ofEvents().row(event));
    }

    @Test
    void nothingInANameReachesTheTerminal() throws Exception {
        Event event = lineOf(samples().get(0), 1);
        Event hostile = EventJson.read(EventJson.write(event)
                .replace("/usr/bin/cat", "/bin/\\u001b[2J\\r\\nfake\\u202e\\u0000\\u2028\\u009b")
                .replace("99cfbd11e113", "\\n\\n"));
        String text = EventTable.ofEvents().render(List.of(hostile));
        assertEquals(2, text.lines().count());
        text.codePoints()
                .filter(c -> c != '\n')
                .forEach(c -> assertFalse(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT));
    }
}
