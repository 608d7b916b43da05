package io.crs.image.format;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an entry of a tar archive that its {@link TarEntry} leaves out: whose it is, when it was changed, and its
 * extended attributes.
 *
 * @param uid the number of its owner
 * @param gid the number of its group
 * @param time when it was changed, to the nanosecond where the archive says so
 * @param extended the extended attributes by their names; each {@code char} of name and value is one byte
 */
public record TarAttributes(long uid, long gid, Instant time, SortedMap<String, String> extended) {
    /** Of root, at the time 0, with nothing more. */
    public static final TarAttributes PLAIN = new TarAttributes(0, 0, Instant.EPOCH, Collections.emptySortedMap());

    private static final String EXTENDED = "SCHILY.xattr.";
    private static final long LARGEST_OWNER = 0xffff_ffffL;
    private static final long LARGEST_TIME = 9_999_999_999_999_999L;
    private static final Pattern OWNER = Pattern.compile("[0-9]{1,10}");
    private static final Pattern TIME = Pattern.compile("(-?)([0-9]{1,16})(?:\\.([0-9]*))?");
    private static final int NANO_DIGITS = 9;

    /** Copies the extended attributes. */
    public TarAttributes {
        extended = Collections.unmodifiableSortedMap(new TreeMap<>(extended));
    }

    /** Reads what PAX records say in place of the fields of a header. */
    static TarAttributes of(long uid, long gid, long seconds, Map<String, String> pax) throws MalformedException {
        SortedMap<String, String> extended = new TreeMap<>();
        pax.forEach((key, value) -> {
            if (key.startsWith(EXTENDED)) {
                extended.put(key.substring(EXTENDED.length()), value);
            }
        });
        return new TarAttributes(owner(uid, pax.get("uid")), owner(gid, pax.get("gid")), time(seconds, pax), extended);
    }

    private static long owner(long field, @Nullable String record) throws MalformedException {
        if (record != null && !OWNER.matcher(record).matches()) {
            throw new MalformedException("tar: the PAX owner of an entry is no number");
        }
        long owner = record == null ? field : Long.parseLong(record);
        if (owner > LARGEST_OWNER) {
            throw new MalformedException("tar: the owner of an entry is out of range");
        }
        return owner;
    }

    private static Instant time(long field, Map<String, String> pax) throws MalformedException {
        String record = pax.get("mtime");
        if (record == null) {
            if (field > LARGEST_TIME) {
                throw new MalformedException("tar: the time of an entry is out of range");
            }
            return Instant.ofEpochSecond(field);
        }
        Matcher parts = TIME.matcher(record);
        if (!parts.matches()) {
            throw new MalformedException("tar: the PAX time of an entry is no number");
        }
        long seconds = Long.parseLong(parts.group(2));
        String digits = parts.group(3) == null ? "" : parts.group(3);
        int nanos = Integer.parseInt((digits + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS));
        return parts.group(1).isEmpty()
                ? Instant.ofEpochSecond(seconds, nanos)
                : Instant.ofEpochSecond(-seconds, -nanos);
    }

    /**
     * Returns the PAX records for what the fields of a header cannot hold, in their order.
     *
     * @param largestOwner the largest number of a field for an owner
     * @param largestTime the largest number of the field for the time
     */
    SortedMap<String, String> pax(long largestOwner, long largestTime) {
        SortedMap<String, String> pax = new TreeMap<>();
        extended.forEach((name, value) -> pax.put(EXTENDED + name, value));
        if (uid > largestOwner) {
            pax.put("uid", Long.toString(uid));
        }
        if (gid > largestOwner) {
            pax.put("gid", Long.toString(gid));
        }
        if (time.getNano() != 0 || time.getEpochSecond() < 0 || time.getEpochSecond() > largestTime) {
            BigDecimal seconds =
                    BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano(), NANO_DIGITS));
            pax.put("mtime", seconds.stripTrailingZeros().toPlainString());
        }
        return pax;
    }
}
