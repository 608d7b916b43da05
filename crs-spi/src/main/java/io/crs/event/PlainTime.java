package io.crs.event;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** Reads times in UTC in the form agents write, such as {@code 2026-11-21T19:20:33.123456Z}. For one thread. */
final class PlainTime {
    private static final int NANO_DIGITS = 9;
    private static final int SECONDS_OF_DAY = 86_400;
    /** Where the digits are in a time, and what stands between them. */
    private static final String FORM = "dddd-dd-ddTdd:dd:dd";

    private int lastDate = -1;
    private long lastDay;

    /** The time of these bytes; null if they have another form, or there is no such time. */
    @Nullable
    Instant read(byte[] bytes, int from, int to) {
        if (!hasForm(bytes, from, to)) {
            return null;
        }
        int date = (number(bytes, from, 4) * 100 + number(bytes, from + 5, 2)) * 100 + number(bytes, from + 8, 2);
        int hour = number(bytes, from + 11, 2);
        int minute = number(bytes, from + 14, 2);
        int second = number(bytes, from + 17, 2);
        int fraction = from + FORM.length();
        int digits = Math.max(0, to - 1 - fraction - 1);
        if (hour > 23 || minute > 59 || second > 59 || digits > NANO_DIGITS || !isDay(date)) {
            return null;
        }
        int nanos = number(bytes, fraction + 1, digits);
        for (int i = digits; i < NANO_DIGITS; i++) {
            nanos *= 10;
        }
        return Instant.ofEpochSecond(lastDay * SECONDS_OF_DAY + (hour * 60L + minute) * 60 + second, nanos);
    }

    /** Digits where they belong, then a Z, with a dot and digits before it or nothing. */
    private static boolean hasForm(byte[] bytes, int from, int to) {
        int fraction = from + FORM.length();
        if (to <= fraction || bytes[to - 1] != 'Z') {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            char form = FORM.charAt(i);
            byte c = bytes[from + i];
            if (form == 'd' ? !isDigit(c) : c != form) {
                return false;
            }
        }
        if (to - 1 == fraction) {
            return true;
        }
        for (int i = fraction + 1; i < to - 1; i++) {
            if (!isDigit(bytes[i])) {
                return false;
            }
        }
        return bytes[fraction] == '.' && to - 1 > fraction + 1;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static int number(byte[] bytes, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            value = 10 * value + bytes[i] - '0';
        }
        return value;
    }

    /** Whether there is such a day, which is the last one mostly; then {@link #lastDay} is its number since 1970. */
    private boolean isDay(int date) {
        if (date == lastDate) {
            return true;
        }
        int month = date / 100 % 100;
        int day = date % 100;
        if (month < 1 || month > 12 || day < 1) {
            return false;
        }
        YearMonth of = YearMonth.of(date / 10_000, month);
        if (day > of.lengthOfMonth()) {
            return false;
        }
        lastDay = LocalDate.of(of.getYear(), month, day).toEpochDay();
        lastDate = date;
        return true;
    }
}
