package io.crs.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLinesTest {
    @Test
    void everyLineIsAnEventAsTheAgentWritesIt() throws EventFormatException {
        List<String> lines = EventLines.lines("a", 1, 200).lines().toList();
        assertEquals(200, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertEquals(lines.get(i), EventJson.write(EventJson.read(lines.get(i))));
            assertEquals(i + 1, EventJson.read(lines.get(i)).header().seq());
            assertEquals(
                    EventLines.id("a", i + 1),
                    EventJson.read(lines.get(i)).header().id());
        }
    }
}
