package io.crs.policy.compile;

import static io.crs.policy.compile.TableLayout.GLOB_LITERAL;
import static io.crs.policy.compile.TableLayout.GLOB_PATTERN;
import static io.crs.policy.compile.TableLayout.GLOB_PREFIX;
import static io.crs.policy.compile.TableLayout.MATCH_ADDRESS_GLOB;
import static io.crs.policy.compile.TableLayout.MATCH_GLOB;
import static io.crs.policy.compile.TableLayout.MATCH_INTEGER;
import static io.crs.policy.compile.TableLayout.MATCH_NAME_GLOB;
import static io.crs.policy.compile.TableLayout.MATCH_PORTS;
import static io.crs.policy.compile.TableLayout.MATCH_RANGE;
import static io.crs.policy.compile.TableLayout.MTCH_A;
import static io.crs.policy.compile.TableLayout.MTCH_B;
import static io.crs.policy.compile.TableLayout.MTCH_HIGH;
import static io.crs.policy.compile.TableLayout.MTCH_KIND;
import static io.crs.policy.compile.TableLayout.MTCH_LOW;
import static io.crs.policy.compile.TableLayout.MTCH_MASK;
import static io.crs.policy.compile.TableLayout.MTCH_SHAPE;
import static io.crs.policy.compile.TableLayout.MTCH_SIZE;
import static io.crs.policy.compile.TableLayout.MTCH_VALUE;
import static io.crs.policy.compile.TableLayout.PORT_SIZE;

import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.PortPattern;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sections of matchers and port ranges, each matcher written once. A reference is the place + 1; 0 is any. */
final class MatcherPool {
    private final StringPool strings;
    private final SectionBytes matchers = new SectionBytes();
    private final SectionBytes ports = new SectionBytes();
    private final Map<ByteBuffer, Integer> places = new HashMap<>();
    private final Map<List<PortPattern.Range>, Integer> firstPorts = new HashMap<>();

    MatcherPool(StringPool strings) {
        this.strings = strings;
    }

    int glob(Glob glob) {
        return glob(MATCH_GLOB, glob);
    }

    int name(Glob glob) {
        return glob(MATCH_NAME_GLOB, glob);
    }

    private int glob(int kind, Glob glob) {
        if (glob.isAny()) {
            return 0;
        }
        String prefix = glob.literalPrefix();
        byte[] record = record(kind, shape(glob));
        LittleEndian.put32(record, MTCH_A, strings.put(prefix));
        if (shape(glob) == GLOB_PATTERN) {
            String canonical = new String(glob.canonical(), StandardCharsets.UTF_8);
            long escapes = prefix.chars().filter(c -> "*?\\".indexOf(c) >= 0).count();
            int wildcard = prefix.length() + Math.toIntExact(escapes);
            LittleEndian.put32(record, MTCH_B, strings.put(canonical.substring(wildcard)));
        }
        return put(record);
    }

    private static int shape(Glob glob) {
        return glob.isLiteral() ? GLOB_LITERAL : glob.isPrefix() ? GLOB_PREFIX : GLOB_PATTERN;
    }

    int integer(IntegerPattern pattern, Action action) {
        if (pattern.isAny()) {
            return 0;
        }
        byte[] record = record(MATCH_INTEGER, 0);
        LittleEndian.put64(record, MTCH_MASK, pattern.mask(action));
        LittleEndian.put64(record, MTCH_VALUE, pattern.value() & pattern.mask(action));
        return put(record);
    }

    int ports(PortPattern pattern) {
        if (pattern.isAny()) {
            return 0;
        }
        byte[] record = record(MATCH_PORTS, 0);
        LittleEndian.put32(record, MTCH_A, firstPorts.computeIfAbsent(pattern.ranges(), this::addPorts));
        LittleEndian.put32(record, MTCH_B, pattern.ranges().size());
        return put(record);
    }

    private int addPorts(List<PortPattern.Range> ranges) {
        int first = ports.size();
        int at = ports.grow(PORT_SIZE * ranges.size());
        for (PortPattern.Range range : ranges) {
            ports.put16(at, range.low());
            ports.put16(at + Short.BYTES, range.high());
            at += PORT_SIZE;
        }
        return first / PORT_SIZE;
    }

    int address(AddressPattern pattern) {
        if (pattern instanceof AddressPattern.TextGlob text) {
            return glob(MATCH_ADDRESS_GLOB, text.glob());
        }
        if (!(pattern instanceof AddressPattern.Range range)) {
            return 0;
        }
        byte[] low = range.low().bytes();
        byte[] high = range.high().bytes();
        byte[] record = record(MATCH_RANGE, low.length);
        System.arraycopy(low, 0, record, MTCH_LOW, low.length);
        System.arraycopy(high, 0, record, MTCH_HIGH, high.length);
        return put(record);
    }

    private static byte[] record(int kind, int shape) {
        byte[] record = new byte[MTCH_SIZE];
        record[MTCH_KIND] = (byte) kind;
        record[MTCH_SHAPE] = (byte) shape;
        return record;
    }

    private int put(byte[] record) {
        return places.computeIfAbsent(ByteBuffer.wrap(record), key -> matchers.add(record) / MTCH_SIZE + 1);
    }

    SectionBytes matchers() {
        return matchers;
    }

    SectionBytes ports() {
        return ports;
    }
}
