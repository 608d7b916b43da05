package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Translation;
import io.crs.policy.compile.CallRecord;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.policy.compile.InvalidTableException;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The policy itself, its table in Java and its table in C come to the same decisions: a million calls in an ordinary
 * run, ten million with {@code -DargLine=-Dcrs.agreement.calls=5000}.
 */
class TableAgreementTest {
    private static final List<Action> ACTIONS = List.of(Action.ALLOW, Action.MONITOR, Action.DENY);
    private static final int POLICIES = 2000;
    private static final int CALLS = Integer.getInteger("crs.agreement.calls", 500);
    private static final int CHECKSUM = 16;
    private static final int RULE_OFFSET = 112 + 16 + 4;

    @Property(tries = POLICIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void referenceJavaAndNativeAgree(@ForAll long seed) {
        RandomPolicies random = new RandomPolicies(new Random(seed));
        Policy policy = random.policy();
        Arch arch = random.one(Arch.values());
        LogMode logMode = random.logMode();
        Translation translation = random.one(Translation.values());
        CompileOptions options = CompileOptions.of(arch).withLogMode(logMode).withTranslation(translation);
        DecisionTable table = DecisionTable.compile(policy, options);
        ReferenceEvaluator reference = ReferenceEvaluator.of(policy, arch, logMode, translation);
        try (NativeDecisionTable nativeTable = NativeDecisionTable.open(table.bytes())) {
            for (int i = 0; i < CALLS; i++) {
                Call call = random.call(arch);
                Supplier<String> context = () -> policy.toJson() + "\n" + table.dump() + "\n" + call;
                Decision expected = reference.decide(call);
                assertEquals(expected, table.decide(call), context);
                assertEquals(expected, decision(nativeTable.decide(CallRecord.encode(call, arch))), context);
            }
        }
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void javaAndNativeRefuseTheSameTables(@ForAll long seed) {
        Random random = new Random(seed);
        RandomPolicies policies = new RandomPolicies(random);
        Arch arch = policies.one(Arch.values());
        byte[] table = DecisionTable.compile(policies.policy(), arch).bytes();
        forge(table, random);
        DecisionTable read = null;
        try {
            read = DecisionTable.read(table);
        } catch (InvalidTableException refused) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> NativeDecisionTable.open(table));
            assertEquals(refused.getMessage(), e.getMessage());
        }
        if (read != null && read.arch() == arch) {
            try (NativeDecisionTable nativeTable = NativeDecisionTable.open(table)) {
                for (int i = 0; i < 20; i++) {
                    Call call = policies.call(arch);
                    Decision expected = read.decide(call);
                    assertEquals(expected, decision(nativeTable.decide(CallRecord.encode(call, arch))), call::toString);
                }
            }
        }
    }

    /** Damages a table, mostly behind the rows of calls, and gives it the right checksum. */
    private static void forge(byte[] table, Random random) {
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int rules = bytes.getInt(RULE_OFFSET);
        int[] words = {0, 1, 2, 4, 0x7FFFFFFF, 0x80000000, 0x80000001, -1, -4, 0x10000};
        for (int i = random.nextInt(3); i >= 0; i--) {
            int from = random.nextInt(4) == 0 ? CHECKSUM + 4 : rules;
            int at = from + random.nextInt(table.length - from - 4);
            if (random.nextBoolean()) {
                table[at] = (byte) random.nextInt();
            } else {
                bytes.putInt(at & ~3, words[random.nextInt(words.length)]);
            }
        }
        bytes.putInt(CHECKSUM, 0);
        CRC32 crc = new CRC32();
        crc.update(table);
        bytes.putInt(CHECKSUM, (int) crc.getValue());
    }

    static List<Path> golden() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("..", "crs-policy", "src", "test", "resources", "golden"))) {
            return folders.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void nativeTableDecidesAsTheGoldenFoldersSay(Path folder) throws Exception {
        Path options = folder.resolve("options.properties");
        boolean aarch64 = Files.exists(options) && Files.readString(options).contains("aarch64");
        Arch arch = aarch64 ? Arch.AARCH64 : Arch.X86_64;
        DecisionTable table = DecisionTable.compile(
                Policy.read(folder.resolve("policy.json")),
                CompileOptions.of(arch).withLogMode(LogMode.ALL));
        List<String> found = new ArrayList<>();
        try (NativeDecisionTable nativeTable = NativeDecisionTable.open(table.bytes())) {
            for (String line : Files.readAllLines(folder.resolve("calls.jsonl"))) {
                byte[] record = CallRecord.encode(Call.read(line, arch), arch);
                found.add(decision(nativeTable.decide(record)).toJson());
            }
        }
        assertEquals(Files.readAllLines(folder.resolve("decisions.jsonl")), found);
    }

    @Test
    void closedTableSaysSo() {
        byte[] bytes =
                DecisionTable.compile(Policy.named("p").build(), Arch.X86_64).bytes();
        NativeDecisionTable table = NativeDecisionTable.open(bytes);
        byte[] record = CallRecord.encode(Call.open("/bin/cat", "/x"), Arch.X86_64);
        assertThrows(IllegalArgumentException.class, () -> table.decide(new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> table.decide(Arrays.copyOf(record, record.length + 1)));
        assertEquals(0, table.decide(record).action());
        table.close();
        table.close();
        assertThrows(IllegalStateException.class, () -> table.decide(record));
    }

    private static Decision decision(NativeDecision found) {
        return new Decision(
                ACTIONS.get(found.action()),
                found.enforced(),
                found.blocked(),
                found.rule(),
                found.ruleIndex(),
                found.isDefault(),
                found.standardEvent(),
                found.behaviorEvent());
    }
}
