package io.crs.policy;

import java.util.List;

/** Why a rule does not match a part of a call: the first thing that differs. */
public enum Mismatch {
    /** The rule is switched off. */
    INACTIVE("it is inactive"),
    /** The rule is about other calls, or another operation. */
    OTHER_CALL("it is about other calls"),
    /** The program is another one. */
    PROGRAM("the program is another one"),
    /** The file is another one. */
    FILE("the file is another one"),
    /** The address is another one. */
    ADDRESS("the address is another one"),
    /** The port is another one. */
    PORT("the port is another one"),
    /** The first argument is another one. */
    ARG1("arg1 is another one"),
    /** The second argument is another one. */
    ARG2("arg2 is another one"),
    /** The third argument is another one. */
    ARG3("arg3 is another one");

    private final String text;

    Mismatch(String text) {
        this.text = text;
    }

    /** The reason as half a sentence for a person. */
    public String text() {
        return text;
    }

    static Mismatch ofArgument(int place) {
        return List.of(ARG1, ARG2, ARG3).get(place);
    }
}
