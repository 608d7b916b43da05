package io.crs.policy.analyze;

/** The names a call can have at one place, as an automaton that reads them character by character. */
interface Language {
    /** No name goes on so. */
    int DEAD = -1;

    /** The state before the first character. */
    int START = 0;

    /** The state behind a single slash, the root of a file system. */
    int ROOT = 1;

    /** The state behind a character, or {@link #DEAD}. */
    int next(int state, int c);

    /** Whether a name can end in a state. */
    boolean ends(int state);

    /** Whether this is a name. */
    default boolean has(String name) {
        int state = START;
        for (int c : name.codePoints().toArray()) {
            state = next(state, c);
            if (state == DEAD) {
                return false;
            }
        }
        return ends(state);
    }

    /** The characters that the automaton tells from others. */
    String alphabet();

    /** The path of a file: absolute and folded, as an agent gives it. */
    Language FILE = new Language() {
        private static final int SLASH = 2;
        private static final int DOT = 3;
        private static final int TEXT = 4;

        @Override
        public int next(int state, int c) {
            return switch (state) {
                case START -> c == '/' ? ROOT : DEAD;
                case ROOT, SLASH -> c == '/' ? DEAD : c == '.' ? DOT : TEXT;
                case DOT -> c == '/' ? DEAD : TEXT;
                default -> c == '/' ? SLASH : TEXT;
            };
        }

        @Override
        public boolean ends(int state) {
            return state == ROOT || state == TEXT;
        }

        @Override
        public String alphabet() {
            return "/.";
        }
    };

    /** A program, or the path of a socket: any text, since a program may be given to exec by any name. */
    Language TEXT = new Language() {
        private static final int LATER = 2;

        @Override
        public int next(int state, int c) {
            return c == '/' && state == START ? ROOT : LATER;
        }

        @Override
        public boolean ends(int state) {
            return true;
        }

        @Override
        public String alphabet() {
            return "/";
        }
    };

    /** A host name, with its letters in lower case. */
    Language HOST = new Language() {
        @Override
        public int next(int state, int c) {
            return c >= 'A' && c <= 'Z' ? DEAD : START;
        }

        @Override
        public boolean ends(int state) {
            return true;
        }

        @Override
        public String alphabet() {
            return "";
        }
    };
}
