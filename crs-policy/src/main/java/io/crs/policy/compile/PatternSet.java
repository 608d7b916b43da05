package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import java.util.Optional;
import java.util.function.IntPredicate;

/** Globs of a table from which an automaton is to be made. */
final class PatternSet {
    /** Patterns of more bytes in all are not made an automaton of. */
    private static final int MAX_BYTES = 4 << 20;

    private static final int BASE_SIZE = 1 << 14;
    private static final int SIZE_PER_BYTE = 6;

    private final TableView view;
    private final PatternTrie trie = new PatternTrie();
    private long bytes;

    PatternSet(TableView view) {
        this.view = view;
    }

    /** Adds a whole glob, which has no {@code ?}. */
    void add(int glob, int rule) {
        int matcher = view.matcher(glob);
        int node = prefix(matcher);
        if (bytes > MAX_BYTES) {
            return;
        }
        switch (u8(view.bytes, matcher + TableLayout.MTCH_SHAPE)) {
            case TableLayout.GLOB_PREFIX -> node = trie.starBelow(node);
            case TableLayout.GLOB_PATTERN -> {
                int rest = i32(view.bytes, matcher + TableLayout.MTCH_B);
                int from = view.string(rest);
                bytes += view.stringLength(rest);
                node = trie.pattern(node, view.bytes, from, from + view.stringLength(rest));
            }
            default -> {}
        }
        trie.end(node, rule);
    }

    /** Adds a piece of a glob; the rule may match where the piece ends. */
    void add(PatternPieces.Piece piece, int rule) {
        byte[] text = piece.text();
        bytes += text.length;
        if (bytes <= MAX_BYTES) {
            int from = piece.first() ? PatternTrie.ROOT : trie.starBelow(PatternTrie.ROOT);
            trie.end(trie.plain(from, text, 0, text.length), rule);
        }
    }

    private int prefix(int matcher) {
        int prefix = i32(view.bytes, matcher + TableLayout.MTCH_A);
        int from = view.string(prefix);
        bytes += view.stringLength(prefix);
        return bytes > MAX_BYTES
                ? PatternTrie.ROOT
                : trie.plain(PatternTrie.ROOT, view.bytes, from, from + view.stringLength(prefix));
    }

    /** The automaton that gives all rules that match; empty if it would be too large. */
    Optional<PatternAutomaton> all(long room) {
        return make(Precedence.all(trie), room);
    }

    /** The automaton that gives the first rule, and the first that does not allow; empty if it would be too large. */
    Optional<PatternAutomaton> first(IntPredicate allows, long room) {
        return make(Precedence.first(trie, allows), room);
    }

    private Optional<PatternAutomaton> make(Precedence precedence, long room) {
        if (bytes > MAX_BYTES) {
            return Optional.empty();
        }
        return PatternAutomaton.of(trie, precedence, Math.min(room, BASE_SIZE + SIZE_PER_BYTE * bytes));
    }
}
