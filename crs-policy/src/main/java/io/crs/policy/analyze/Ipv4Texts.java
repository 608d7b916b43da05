package io.crs.policy.analyze;

/**
 * The texts of the IPv4 addresses from one to another. A state holds how many numbers are complete, whether those are
 * the beginning of the first and of the last address, and what the number at hand is so far.
 *
 * @param low the first address, as an unsigned number of 32 bits
 * @param high the last
 */
record Ipv4Texts(long low, long high) implements Language {
    /** What the number at hand is before its first digit. */
    private static final int NONE = 256;

    private static final int NUMBERS = 512;
    private static final int LAST = 3;
    private static final int AT_LOW = 1;
    private static final int AT_HIGH = 2;

    /** The state with this many complete numbers; 0 is kept for the start. */
    private static int state(int complete, int edges, int number) {
        return ((complete << 2 | edges) + 1) * NUMBERS + number;
    }

    @Override
    public int next(int state, int c) {
        int at = state == START ? state(0, AT_LOW | AT_HIGH, NONE) : state;
        int number = at % NUMBERS;
        int edges = (at / NUMBERS - 1) & (AT_LOW | AT_HIGH);
        int complete = (at / NUMBERS - 1) >> 2;
        if (c == '.') {
            int left = complete == LAST ? DEAD : edges(complete, edges, number);
            return left == DEAD ? DEAD : state(complete + 1, left, NONE);
        }
        if (c < '0' || c > '9' || number == 0) {
            return DEAD;
        }
        int longer = number == NONE ? c - '0' : number * 10 + c - '0';
        return longer > 255 ? DEAD : state(complete, edges, longer);
    }

    /** The edges that are still followed behind a number; {@link #DEAD} if it leads beyond one. */
    private int edges(int place, int edges, int number) {
        int first = (int) (low >> ((LAST - place) * Byte.SIZE)) & 255;
        int last = (int) (high >> ((LAST - place) * Byte.SIZE)) & 255;
        boolean below = (edges & AT_LOW) != 0 && number < first;
        boolean beyond = (edges & AT_HIGH) != 0 && number > last;
        if (number == NONE || below || beyond) {
            return DEAD;
        }
        return (number == first ? edges & AT_LOW : 0) | (number == last ? edges & AT_HIGH : 0);
    }

    @Override
    public boolean ends(int state) {
        if (state == START) {
            return false;
        }
        int complete = (state / NUMBERS - 1) >> 2;
        int edges = (state / NUMBERS - 1) & (AT_LOW | AT_HIGH);
        return complete == LAST && edges(complete, edges, state % NUMBERS) != DEAD;
    }

    @Override
    public String alphabet() {
        return "0123456789.";
    }
}
