package io.crs.policy.compile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where the fields of a decision table lie; {@code docs/table-format.md} explains them and {@code table.h} draws them.
 */
final class TableLayout {
    static final int MAX_SIZE = 64 << 20;
    static final int MAX_PATTERN = 4096;
    static final int MAX_PORTS = 4096;

    static final byte[] MAGIC = "CRSTABLE".getBytes(StandardCharsets.US_ASCII);
    static final int MAJOR = 1;
    static final int MINOR = 1;

    /** The minor version of a table with limits. */
    static final int MINOR_LIMITS = 2;

    static final int HEADER_SIZE = 112;
    static final int HEADER_MAJOR = 8;
    static final int HEADER_MINOR = 10;
    static final int HEADER_TOTAL = 12;
    static final int HEADER_CRC = 16;
    static final int HEADER_ARCH = 20;
    static final int HEADER_MODE = 21;
    static final int HEADER_LOG = 22;
    static final int HEADER_TRANSLATION = 23;
    static final int HEADER_NETWORK = 24;
    static final int HEADER_FILE = 25;
    static final int HEADER_EXECUTE = 26;
    static final int HEADER_DRIFT = 27;
    static final int HEADER_DEFAULT_SCOPE = 28;
    static final int HEADER_IGNORE_SCOPE = 29;
    static final int HEADER_UNREADABLE = 30;
    static final int HEADER_FAIL = 31;
    static final int HEADER_DEGRADED = 32;
    static final int HEADER_RULES = 36;
    static final int HEADER_SECTIONS = 40;
    static final int HEADER_GENERATION = 44;
    static final int HEADER_DIGEST = 48;
    static final int HEADER_ID = 80;
    static final int HEADER_NAME = 84;
    static final int HEADER_TYPED = 88;
    static final int HEADER_CALLS = 104;
    static final int ENTRY_SIZE = 16;
    static final int MAX_SECTIONS = 32;
    static final int DIGEST_SIZE = 32;

    static final int SYSC_SIZE = 24;
    static final int SYSC_OP = 0;
    static final int SYSC_BITS = 1;
    static final int SYSC_DEFAULTS = 2;
    static final int SYSC_INDEX = 7;
    static final int SYSC_FLAGS_MASK = 8;
    static final int SYSC_FLAGS_VALUE = 12;
    static final int SYSC_NAMED = 16;
    static final int SYSC_NAME = 20;

    static final int RULE_SIZE = 64;
    static final int RULE_TYPE = 0;
    static final int RULE_ACTION = 1;
    static final int RULE_BITS = 2;
    static final int RULE_SEVERITY = 3;
    static final int RULE_INDEX = 4;
    static final int RULE_PROGRAM = 8;
    static final int RULE_OPERANDS = 12;
    static final int RULE_ROLES = 24;
    static final int RULE_FLAGS_MASK = 28;
    static final int RULE_FLAGS_VALUE = 32;
    static final int RULE_NAME = 36;
    static final int RULE_ID = 40;
    static final int RULE_MESSAGE = 44;
    static final int RULE_TAGS = 48;

    static final int MTCH_SIZE = 40;
    static final int MTCH_KIND = 0;
    static final int MTCH_SHAPE = 1;
    static final int MTCH_A = 8;
    static final int MTCH_B = 12;
    static final int MTCH_MASK = 8;
    static final int MTCH_VALUE = 16;
    static final int MTCH_LOW = 8;
    static final int MTCH_HIGH = 24;

    static final int PORT_SIZE = 4;
    static final int LITS_SIZE = 8;
    static final int LITS_KINDS = 4;

    static final int CELL_SIZE = 8;
    static final int CELL_COUNT_SHIFT = 32;
    static final int CELL_COUNT = 0xFFFF;
    static final int CELL_LOW_SHIFT = 48;
    static final int CELL_LOW = 0xFF;
    static final int CELL_KIND_SHIFT = 56;

    static final int CELL_END = 0;
    static final int CELL_CHAIN = 1;
    static final int CELL_DENSE = 2;
    static final int CELL_SPARSE = 3;

    /** Behind its head a node has where it goes on, or what it accepts; where it misses to; then the rest. */
    static final int NODE_MISS = CELL_SIZE;

    static final int NODE_REST = 2 * CELL_SIZE;

    /** The most edges whose bytes stand in one word, below its highest byte. */
    static final int SPARSE_EDGES = 7;

    /** Set in what an automaton of rules accepts: one rule, the place of which are the other bits. */
    static final int ONE_RULE = 0x80000000;

    static final int GRUP_SIZE = 40;
    static final int GRUP_AXIS = 0;
    static final int GRUP_BITS = 1;
    static final int GRUP_FIRST = 4;
    static final int GRUP_ALWAYS = 8;
    static final int GRUP_PROGRAM = 12;
    static final int GRUP_RULES = 16;
    static final int GRUP_ROOT = 24;
    static final int GRUP_ROOT6 = 32;

    static final int AXIS_WALK = 0;
    static final int AXIS_PATH = 1;
    static final int AXIS_NEW_PATH = 2;
    static final int AXIS_ADDRESS = 3;
    static final int AXIS_PORT = 4;
    static final int AXIS_LOCAL_PORT = 5;

    static final int GRUP_EXACT = 1;
    static final int GRUP_FOLLOW = 2;

    static final int INDX_SIZE = 16;
    static final int INDX_ANY = 0;
    static final int INDX_OWN = 4;
    static final int INDX_ANCESTORS = 8;

    static final int CLAS_SIZE = 4;
    static final int CLAS_COUNT = 0;
    static final int CLAS_ROOT = 2;
    static final int CLAS_ARRAYS = 4;

    static final int LIMT_SIZE = 12;
    static final int LIMT_KIND = 0;
    static final int LIMT_NUMBER = 4;
    static final int LIMT_WHAT = 8;

    static final int LIMIT_PROCESSES = 0;
    static final int LIMIT_LIFETIME = 1;
    static final int LIMIT_CALLS = 2;
    static final int LIMIT_PROGRAM = 3;

    /** No rule: a place behind all that there can be. */
    static final int NO_RULE = Integer.MAX_VALUE;

    /** The highest bit of the first word of a run in LIST and TAGS; no other word there has it. */
    static final int RUN_MARK = 0x80000000;

    static final int OP_ABSENT = 255;
    static final int SYSC_NO_EVENTS = 1;
    static final int SYSC_SKIPPED = 2;
    static final int SYSC_EACCES = 4;

    static final int PARTS = 5;
    static final int PART_READ = 0;
    static final int PART_WRITE = 1;
    static final int PART_OUTBOUND = 2;
    static final int PART_INBOUND = 3;
    static final int PART_CALL = 4;

    static final int FOLLOW_CHILDREN = 1;
    static final int NO_SEVERITY = 255;
    static final int OPERANDS = 3;

    static final int ROLE_ANY = 0;
    static final int ROLE_PATH = 1;
    static final int ROLE_NEW_PATH = 2;
    static final int ROLE_PORT = 3;
    static final int ROLE_LOCAL_PORT = 4;
    static final int ROLE_ADDRESS = 5;
    static final int ROLE_NAME = 6;
    static final int ROLE_INTEGER = 7;

    static final int MATCH_GLOB = 1;
    static final int MATCH_INTEGER = 2;
    static final int MATCH_PORTS = 3;
    static final int MATCH_RANGE = 4;
    static final int MATCH_ADDRESS_GLOB = 5;
    static final int MATCH_NAME_GLOB = 6;

    static final int GLOB_LITERAL = 1;
    static final int GLOB_PREFIX = 2;
    static final int GLOB_PATTERN = 3;

    static final int LITERAL_READ = 1;
    static final int LITERAL_WRITE = 2;
    static final int LITERAL_SYSCALL = 4;

    private TableLayout() {}

    /** A section: its place among them, the size of its records (0 where they differ), and its tag. */
    enum Section {
        SYSC(0, SYSC_SIZE),
        RULE(1, RULE_SIZE),
        MTCH(2, MTCH_SIZE),
        PORT(3, PORT_SIZE),
        LITS(4, LITS_SIZE),
        LIST(5, 0),
        TAGS(6, 0),
        STRS(7, 0),
        CELL(8, CELL_SIZE),
        PCEL(9, CELL_SIZE),
        CAND(10, 0),
        SETS(11, 0),
        GRUP(12, GRUP_SIZE),
        INDX(13, INDX_SIZE),
        CLAS(14, CLAS_SIZE),
        LIMT(15, LIMT_SIZE);

        /** The sections of the index, which a table has all of or none. */
        static final List<Section> INDEX = List.of(CELL, PCEL, CAND, SETS, GRUP, INDX, CLAS);

        final int place;
        final int record;
        final int tag;

        Section(int place, int record) {
            this.place = place;
            this.record = record;
            this.tag = LittleEndian.i32(name().getBytes(StandardCharsets.US_ASCII), 0);
        }
    }
}
