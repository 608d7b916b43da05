package io.crs.policy.compile;

/** A state of a {@link PatternAutomaton} that is done. It names others by their numbers. */
sealed interface PatternState {
    /** How many cells it takes. */
    int size();

    /** Where no byte leads on. */
    final class End implements PatternState {
        final int[] accept;

        End(int[] accept) {
            this.accept = accept;
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /** Where only one text leads on. */
    final class Chain implements PatternState {
        final byte[] text;
        final int next;
        final int base;

        Chain(byte[] text, int next, int base) {
            this.text = text;
            this.next = next;
            this.base = base;
        }

        @Override
        public int size() {
            return CellPool.chainSize(text.length);
        }
    }

    /** Where each of some bytes leads to a state, and any other byte to where it does in the base. */
    final class Branch implements PatternState {
        final int[] accept;
        final int base;
        final byte[] keys;
        final int[] targets;

        Branch(int[] accept, int base, byte[] keys, int[] targets) {
            this.accept = accept;
            this.base = base;
            this.keys = keys;
            this.targets = targets;
        }

        @Override
        public int size() {
            return CellPool.branchSize(keys);
        }
    }
}
