package io.crs.policy.learn;

/** What a program does, by the kind of rule that allows it; in the order of a learned policy's rules. */
enum Kind {
    EXECUTE('x'),
    READ('r'),
    WRITE('w'),
    OUTBOUND('c'),
    INBOUND(' ');

    /** The letter of this kind in the list of what is never learned. */
    final char letter;

    Kind(char letter) {
        this.letter = letter;
    }

    boolean isFile() {
        return this == READ || this == WRITE;
    }

    boolean hasPath() {
        return isFile() || this == EXECUTE;
    }
}
