package io.crs.host;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a self-test found. Immutable.
 *
 * @param host what the host or container says of itself, by name and in this order: {@code kernel}, {@code capabilities},
 *     {@code seccompFlags}, {@code yama}, {@code lsm}, {@code landlock} and others; empty texts where it says nothing
 * @param rows one a technique and user, in the order they were tried
 */
public record SelfTestReport(Map<String, String> host, List<SelfTestRow> rows) {
    /** Copies both. */
    public SelfTestReport {
        host = Collections.unmodifiableMap(new LinkedHashMap<>(host));
        rows = List.copyOf(rows);
    }

    /** The rows of which a promise was not kept. */
    public List<SelfTestRow> broken() {
        return rows.stream().filter(SelfTestRow::isBroken).toList();
    }

    /** How many rows are held. */
    public long held() {
        return count(SelfTestRow.Result.HELD);
    }

    /** How many rows do not apply here. */
    public long notApplicable() {
        return count(SelfTestRow.Result.NOT_APPLICABLE);
    }

    /** How many rows are documented limits, and not held. */
    public long limits() {
        return count(SelfTestRow.Result.NOT_HELD) - broken().size();
    }

    private long count(SelfTestRow.Result result) {
        return rows.stream().filter(row -> row.result() == result).count();
    }
}
