package io.crs.policy.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.GoldenCase;
import io.crs.policy.LogMode;
import io.crs.policy.ReferenceEvaluator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden folders, decided by the table; and the same as bytes, which the C tests replay without a JVM.
 *
 * <p>After a change of the layout run this test with {@code -Dcrs.golden.write=true}: it writes the bytes anew.
 */
class GoldenTableTest {
    private static final Path BYTES = Path.of("..", "crs-native", "src", "test", "golden");

    /** The folders whose bytes are kept: one or two for every kind of operand and operation, and one with limits. */
    private static final Set<String> KEPT = Set.of(
            "files-without-a-name",
            "integer-arguments",
            "limits",
            "linking-a-file",
            "names-of-files",
            "names-of-hosts",
            "outbound-with-port",
            "programs",
            "read-shadow-guide-aarch64",
            "siblings-by-flags",
            "what-the-filter-needs");

    static Stream<GoldenCase> golden() {
        return GoldenCase.all().stream();
    }

    static Stream<GoldenCase> kept() {
        List<GoldenCase> kept =
                golden().filter(golden -> KEPT.contains(golden.name())).toList();
        assertTrue(kept.size() == KEPT.size(), "a golden folder is missing");
        return kept.stream();
    }

    private static DecisionTable table(GoldenCase golden) {
        return DecisionTable.compile(
                golden.policy(), CompileOptions.of(golden.arch()).withLogMode(LogMode.ALL));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void decidesAsTheGoldenFoldersSay(GoldenCase golden) {
        List<String> differences = golden.differences(table(golden)::decide);
        assertTrue(differences.isEmpty(), () -> String.join("\n", differences));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void keptBytesAreWhatTheCompilerWrites(GoldenCase golden) throws IOException {
        Map<String, byte[]> files = Map.of(
                "table.bin", table(golden).bytes(),
                "calls.bin", calls(golden),
                "decisions.bin", decisions(golden));
        Path folder = BYTES.resolve(golden.name());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (Boolean.getBoolean("crs.golden.write")) {
                Files.createDirectories(folder);
                Files.write(path, file.getValue());
            }
            assertArrayEquals(file.getValue(), Files.readAllBytes(path), () -> path + " is stale");
        }
    }

    private static byte[] calls(GoldenCase golden) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Call call : golden.calls()) {
            bytes.writeBytes(CallRecord.encode(call, golden.arch()));
        }
        return bytes.toByteArray();
    }

    /** 12 bytes a decision, of the reference evaluator and so of none of the code that is tested. */
    private static byte[] decisions(GoldenCase golden) {
        ReferenceEvaluator reference = ReferenceEvaluator.of(golden.policy(), golden.arch(), LogMode.ALL);
        ByteBuffer bytes = ByteBuffer.allocate(12 * golden.calls().size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Call call : golden.calls()) {
            Decision decision = reference.decide(call);
            bytes.put((byte) List.of(Action.ALLOW, Action.MONITOR, Action.DENY).indexOf(decision.action()));
            bytes.put(bit(decision.enforced()));
            bytes.put(bit(decision.blocked()));
            bytes.put(bit(decision.isDefault()));
            bytes.put((byte) (bit(decision.standardEvent()) | bit(decision.behaviorEvent()) << 1));
            bytes.put(new byte[3]);
            bytes.putInt(decision.ruleIndex());
        }
        return bytes.array();
    }

    private static byte bit(boolean value) {
        return (byte) (value ? 1 : 0);
    }
}
