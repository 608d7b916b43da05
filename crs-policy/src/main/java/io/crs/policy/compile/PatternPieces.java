package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pieces of plain text that globs consist of. What a glob matches has each of its pieces in it. */
final class PatternPieces {
    /**
     * A piece.
     *
     * @param latin its bytes, one a character
     * @param first whether all that matches begins with it
     */
    record Piece(String latin, boolean first) {
        byte[] text() {
            return latin.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private static final Piece NOTHING = new Piece("", true);

    private final TableView view;
    private final Map<Piece, Integer> counts = new HashMap<>();

    PatternPieces(TableView view) {
        this.view = view;
    }

    /** Takes a glob into account. */
    void count(int glob) {
        pieces(glob).forEach(piece -> counts.merge(piece, 1, Integer::sum));
    }

    /** The piece of a glob that the fewest of all globs have, the longest of them; an empty one if it has none. */
    Piece rarest(int glob) {
        Piece best = NOTHING;
        for (Piece piece : pieces(glob)) {
            int fewer = Integer.compare(count(piece), count(best));
            if (best.equals(NOTHING)
                    || fewer < 0
                    || (fewer == 0 && piece.latin().length() > best.latin().length())) {
                best = piece;
            }
        }
        return best;
    }

    private int count(Piece piece) {
        return counts.getOrDefault(piece, 0);
    }

    private List<Piece> pieces(int glob) {
        int matcher = view.matcher(glob);
        int prefix = i32(view.bytes, matcher + TableLayout.MTCH_A);
        int rest = i32(view.bytes, matcher + TableLayout.MTCH_B);
        List<Piece> pieces = new ArrayList<>();
        String begin = latin(view.string(prefix), view.stringLength(prefix));
        if (!begin.isEmpty()) {
            pieces.add(new Piece(begin, true));
        }
        StringBuilder piece = new StringBuilder();
        String pattern = latin(view.string(rest), view.stringLength(rest));
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' || c == '?') {
                add(pieces, piece);
            } else {
                i += c == '\\' && i + 1 < pattern.length() ? 1 : 0;
                piece.append(pattern.charAt(i));
            }
        }
        add(pieces, piece);
        return pieces;
    }

    private static void add(List<Piece> pieces, StringBuilder piece) {
        if (!piece.isEmpty()) {
            pieces.add(new Piece(piece.toString(), false));
            piece.setLength(0);
        }
    }

    private String latin(int from, int length) {
        return new String(view.bytes, from, length, StandardCharsets.ISO_8859_1);
    }
}
