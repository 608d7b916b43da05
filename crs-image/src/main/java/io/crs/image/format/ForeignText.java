package io.crs.image.format;

/** What somebody else said, made fit for a message: a registry's or an engine's words go to terminals and logs. */
public final class ForeignText {
    private static final int LONGEST = 500;

    private ForeignText() {}

    /** Returns the text in one line without anything a terminal would obey, cut where it is too long. */
    public static String line(String text) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }
}
