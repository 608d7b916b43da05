package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.IpAddress;
import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.StringJoiner;

/** Writes the matchers of a table for people, much as a policy spells them. */
final class MatcherText {
    private final TableView view;
    private final byte[] bytes;

    MatcherText(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
    }

    /** Text without control characters, so that no name can write over the terminal. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .forEach(c -> printable.append(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                                ? "\\u%04x".formatted(c)
                                : Character.toString(c)));
        return printable.toString();
    }

    /** The matcher with this reference. */
    String of(int reference) {
        if (reference == 0) {
            return "*";
        }
        int at = view.matcher(reference);
        return switch (u8(bytes, at + TableLayout.MTCH_KIND)) {
            case TableLayout.MATCH_INTEGER -> integer(at);
            case TableLayout.MATCH_PORTS -> ports(at);
            case TableLayout.MATCH_RANGE -> range(at);
            default -> glob(at);
        };
    }

    private String glob(int at) {
        String prefix = view.text(i32(bytes, at + TableLayout.MTCH_A))
                .replace("\\", "\\\\")
                .replace("*", "\\*")
                .replace("?", "\\?");
        return printable(
                switch (u8(bytes, at + TableLayout.MTCH_SHAPE)) {
                    case TableLayout.GLOB_LITERAL -> prefix;
                    case TableLayout.GLOB_PREFIX -> prefix + "*";
                    default -> prefix + view.text(i32(bytes, at + TableLayout.MTCH_B));
                });
    }

    private String integer(int at) {
        long mask = i64(bytes, at + TableLayout.MTCH_MASK);
        String value = Long.toUnsignedString(i64(bytes, at + TableLayout.MTCH_VALUE));
        return mask == -1 ? value : value + "/0x" + Long.toHexString(mask);
    }

    private String ports(int at) {
        int first = i32(bytes, at + TableLayout.MTCH_A);
        StringJoiner ports = new StringJoiner(",");
        for (int i = first; i < first + i32(bytes, at + TableLayout.MTCH_B); i++) {
            int range = view.offset(Section.PORT) + i * TableLayout.PORT_SIZE;
            int low = u16(bytes, range);
            int high = u16(bytes, range + Short.BYTES);
            ports.add(low == high ? Integer.toString(low) : low + "-" + high);
        }
        return ports.toString();
    }

    private String range(int at) {
        int length = u8(bytes, at + TableLayout.MTCH_SHAPE);
        String low = address(at + TableLayout.MTCH_LOW, length);
        String high = address(at + TableLayout.MTCH_HIGH, length);
        return low.equals(high) ? low : low + "-" + high;
    }

    private String address(int at, int length) {
        return IpAddress.of(Arrays.copyOfRange(bytes, at, at + length)).toString();
    }
}
