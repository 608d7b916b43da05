package io.crs.event;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Events as people read them: columns and spellings of the user guide.
 *
 * <p>There are two: the list of all events, and the events of one container. Cells hold no control characters,
 * whatever an event's names are made of, so a row is one line and changes nothing on a terminal. Immutable.
 */
public final class EventTable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMMM d, uuuu hh:mm:ssa", Locale.US);
    private static final String GAP = "  ";

    private record Column(String title, Function<Event, String> cell) {}

    private final List<Column> columns;
    private final ZoneId zone;

    private EventTable(List<Column> columns, ZoneId zone) {
        this.columns = columns;
        this.zone = zone;
    }

    /** The list of all events. */
    public static EventTable ofEvents() {
        return new EventTable(
                List.of(
                        new Column("CONTAINER ID", EventTable::container),
                        new Column("TYPE", EventTable::type),
                        new Column("ACTION", EventTable::action),
                        new Column("FILE NAME", EventTable::subject),
                        new Column("PROCESS NAME", EventTable::processWithId),
                        new Column("SYSTEM CALL", EventTable::number),
                        new Column("SYSTEM CALL NAME", EventTable::callName)),
                ZoneOffset.UTC);
    }

    /** The events of one container. */
    public static EventTable ofContainer() {
        return new EventTable(
                List.of(
                        new Column("PROCESS", EventTable::process),
                        new Column("PROCESS ID", EventTable::processId),
                        new Column("CALL", EventTable::callName),
                        new Column("ARGUMENTS", EventTable::subject),
                        new Column("ACTION", EventTable::action)),
                ZoneOffset.UTC);
    }

    /** The same table with its times in another zone; they are in UTC otherwise. */
    public EventTable in(ZoneId other) {
        return new EventTable(columns, other);
    }

    /** The titles, in order. */
    public List<String> titles() {
        List<String> titles =
                new ArrayList<>(columns.stream().map(Column::title).toList());
        titles.add("TIME");
        return List.copyOf(titles);
    }

    /** The cells of one event, as many as there are titles; what is unknown is blank. */
    public List<String> row(Event event) {
        List<String> cells = new ArrayList<>();
        columns.forEach(column -> cells.add(printable(column.cell.apply(event))));
        cells.add(TIME.format(event.header().time().atZone(zone)));
        return List.copyOf(cells);
    }

    /** The titles and the rows as lines of text, in columns. */
    public String render(List<? extends Event> events) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(titles());
        events.forEach(event -> rows.add(row(event)));
        int[] widths = new int[titles().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining());
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i))
                    .append(" ".repeat(widths[i] - width(row.get(i))))
                    .append(GAP);
        }
        return line.toString().stripTrailing() + "\n";
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String container(Event event) {
        return event.header().container().flatMap(EventContainer::shortId).orElse("");
    }

    private static String type(Event event) {
        String name = event.type().name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String action(Event event) {
        return of(event, call -> switch (call.action()) {
            case ALLOW -> "Allowed";
            case MONITOR -> "Monitored";
            case DENY -> "Denied";
        });
    }

    private static String process(Event event) {
        return of(event, call -> call.process()
                .exe()
                .or(() -> call.process().exec())
                .map(EventText::text)
                .orElse(""));
    }

    private static String processId(Event event) {
        return of(event, call -> Integer.toString(call.process().pid()));
    }

    private static String processWithId(Event event) {
        return of(event, call -> (process(event) + " Process Id: " + processId(event)).strip());
    }

    private static String number(Event event) {
        return of(event, call -> Integer.toString(call.syscall().nr()));
    }

    private static String callName(Event event) {
        return of(event, call -> {
            EventSyscall made = call.syscall();
            boolean library = made.nr() == 499 || made.nr() == 500;
            return made.name().map(name -> (library ? "li_" : "sys_") + name).orElse("unknown_" + made.nr());
        });
    }

    /** What the call was about as the process said it; a name that only a descriptor stood for is the real one. */
    private static String subject(Event event) {
        if (event.call().isEmpty()) {
            return event.reason().orElse("");
        }
        EventCall call = event.call().get();
        List<String> args = call.syscall().args();
        return call.object().flatMap(object -> subject(object, args)).orElseGet(() -> String.join(" ", args));
    }

    private static Optional<String> subject(EventObject object, List<String> args) {
        return switch (object.kind()) {
            case SOCKET -> peer(object);
            case NAME -> object.name().map(EventText::text);
            case FILE, PROCESS ->
                object.requested()
                        .map(requested -> asGiven(requested.text(), args))
                        .or(() -> object.path().map(EventText::text));
        };
    }

    /** The requested path is one of the arguments made absolute: the argument it ends with. */
    private static String asGiven(String requested, List<String> args) {
        return args.stream()
                .filter(arg -> !arg.isEmpty() && (requested.equals(arg) || requested.endsWith("/" + arg)))
                .findFirst()
                .orElse(requested);
    }

    private static Optional<String> peer(EventObject object) {
        Optional<String> address = object.address().or(() -> object.path().map(EventText::text));
        if (object.port().isEmpty()) {
            return address;
        }
        String host = address.orElse("*");
        return Optional.of((host.contains(":") ? "[" + host + "]" : host) + ":"
                + object.port().getAsInt());
    }

    private static String of(Event event, Function<EventCall, String> cell) {
        return event.call().map(cell).orElse("");
    }

    /** Control characters, invisible ones and line ends, escaped as Java and JSON do. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        JsonFields.wellFormed(text).codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.UNASSIGNED,
                        Character.PRIVATE_USE -> printable.append(String.format(Locale.ROOT, "\\u%04x", c));
                default -> printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }
}
