package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories made by hand, with both verdicts, in milliseconds of an arbitrary clock. */
class StalenessCheckerTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final long MS = 1_000_000;

    @TempDir
    Path directory;

    private interface Script {
        void write(HistoryWriter history);
    }

    private Path history(String name, Script script) throws IOException {
        Path file = directory.resolve(name);
        try (HistoryWriter writer = HistoryWriter.create(file, name)) {
            script.write(writer);
        }
        return file;
    }

    private Path writer() throws IOException {
        return history("writer", h -> {
            h.written(7, 2, 1_000 * MS, 1_001 * MS);
            h.invalidated(7, 2, 1_001 * MS, 1_005 * MS);
            h.written(7, 3, 2_000 * MS, 2_001 * MS);
            h.invalidated(7, 3, 2_001 * MS, 2_005 * MS);
        });
    }

    private StalenessReport check(Path... files) throws IOException {
        StalenessChecker checker = StalenessChecker.withBound(BOUND).initialVersion(1);
        for (Path file : files) {
            checker.history(file);
        }
        return checker.check();
    }

    private static void read(HistoryWriter history, long key, long version, long startMillis) {
        history.read(key, version, startMillis * MS, startMillis * MS + 100, ReadTier.L1);
    }

    @Test
    void check_supersededVersionWithinBound_passesAndCountsItsStaleness() throws IOException {
        Path reader = history("reader", h -> {
            read(h, 7, 1, 1_004);
            read(h, 7, 1, 3_005);
            read(h, 7, 2, 1_020);
            read(h, 8, 1, 9_000);
        });

        StalenessReport report = check(writer(), reader);

        assertThat(report.passed()).isTrue();
        assertThat(report.reads()).isEqualTo(4);
        assertThat(report.writes()).isEqualTo(2);
        assertThat(report.invalidations()).isEqualTo(2);
        assertThat(report.staleWithinBound()).isOne();
        assertThat(report.staleness().count()).isOne();
        assertThat(report.staleness().countBelow(1_000_000)).isZero();
        assertThat(report.staleness().countBelow(2_000_001)).isOne();
    }

    @Test
    void check_readJustBeyondBound_isViolationWithItsRow() throws IOException {
        Path reader = history("reader", h -> h.read(7, 1, 3_005 * MS + 1, 3_006 * MS, ReadTier.L2));

        StalenessReport report = check(writer(), reader);

        assertThat(report.passed()).isFalse();
        assertThat(report.violations()).isOne();
        assertThat(report.staleWithinBound()).isZero();
        assertThat(report.worst())
                .containsExactly(new StalenessReport.Violation(
                        StalenessReport.Kind.BEYOND_BOUND,
                        7,
                        1,
                        2,
                        Duration.ofNanos(1),
                        ReadTier.L2,
                        3_005 * MS + 1,
                        reader));
        assertThat(report.describe()).contains("NOT PASSED", "key 7: version 1, expected at least 2");
    }

    @Test
    void check_manyViolations_keepsTheWorstFirst() throws IOException {
        Path reader = history("reader", h -> {
            for (int i = 0; i < 50; i++) {
                read(h, 7, 1, 5_000 + i);
            }
        });

        StalenessReport report = check(writer(), reader);

        assertThat(report.violations()).isEqualTo(50);
        assertThat(report.worst()).hasSize(StalenessReport.WORST_ROWS);
        assertThat(report.worst().get(0).startNanos()).isEqualTo(5_049 * MS);
        assertThat(report.worst().get(0).expected()).isEqualTo(3);
    }

    @Test
    void check_invalidationsAcknowledgedOutOfOrder_olderOneSupersedesNothingNewer() throws IOException {
        Path writer = history("writer", h -> {
            h.written(7, 2, 1_000 * MS, 1_001 * MS);
            h.written(7, 3, 1_002 * MS, 1_003 * MS);
            h.invalidated(7, 3, 1_003 * MS, 1_004 * MS);
            h.invalidated(7, 2, 1_001 * MS, 1_500 * MS);
        });
        Path reader = history("reader", h -> {
            read(h, 7, 3, 9_000);
            read(h, 7, 2, 9_000);
        });

        StalenessReport report = check(writer, reader);

        assertThat(report.violations()).isOne();
        assertThat(report.worst().get(0).seen()).isEqualTo(2);
        assertThat(report.worst().get(0).lateness()).isEqualTo(Duration.ofMillis(9_000 - 1_004 - 2_000));
    }

    @Test
    void check_newerVersionNotYetInvalidated_expectsNothing() throws IOException {
        Path writer = history("writer", h -> {
            h.written(7, 2, 1_000 * MS, 1_001 * MS);
            h.written(9, 2, 1_000 * MS, 1_001 * MS);
            h.invalidated(9, 2, 1_001 * MS, 1_002 * MS);
        });
        Path reader = history("reader", h -> read(h, 7, 1, 60_000));

        assertThat(check(writer, reader).passed()).isTrue();
    }

    @Test
    void check_versionNobodyWrote_isReadFromTheFuture() throws IOException {
        Path reader = history("reader", h -> read(h, 7, 4, 3_000));

        StalenessReport report = check(writer(), reader);

        assertThat(report.passed()).isFalse();
        assertThat(report.future()).isOne();
        assertThat(report.firstFuture()).get().extracting("key", "seen").containsExactly(7L, 4L);
    }

    @Test
    void check_readThatEndedBeforeItsVersionWasBegun_isReadFromTheFuture() throws IOException {
        Path reader = history("reader", h -> {
            h.read(7, 3, 1_500 * MS, 1_999 * MS, ReadTier.L1);
            h.read(7, 3, 1_500 * MS, 2_000 * MS, ReadTier.ORIGIN);
        });

        assertThat(check(writer(), reader).future()).isOne();
    }

    @Test
    void check_noReadsOrNoInvalidations_isNoPass() throws IOException {
        Path onlyReads = history("only-reads", h -> read(h, 7, 1, 1_000));

        assertThat(check(writer()).passed()).isFalse();
        assertThat(check(onlyReads).passed()).isFalse();
    }

    @Test
    void check_readsBetween_checksOnlyThose() throws IOException {
        Path writer = writer();
        Path reader = history("reader", h -> {
            read(h, 7, 1, 4_000);
            read(h, 7, 1, 5_000);
            read(h, 7, 1, 6_000);
        });

        StalenessReport report = StalenessChecker.withBound(BOUND)
                .initialVersion(1)
                .history(writer)
                .history(reader)
                .readsBetween(5_000 * MS, 6_000 * MS)
                .check();

        assertThat(report.reads()).isOne();
        assertThat(report.violations()).isOne();
    }

    @Test
    void check_fileCutAnywhere_isRefusedUnlessInstanceWasKilled() throws IOException {
        Path writer = writer();
        Path reader = history("reader", h -> {
            for (int i = 0; i < 10_000; i++) {
                read(h, i, 1, 1_000 + i);
            }
        });
        byte[] whole = Files.readAllBytes(reader);
        int header = (int) Files.size(history("empty-", h -> {})) - HistoryFormat.END_BYTES;
        int block = HistoryFormat.MAX_BLOCK_BYTES;
        for (int length : new int[] {header, header + 1, header + 13, header + block, whole.length - 1}) {
            Path cut = Files.write(directory.resolve("cut-" + length), Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> check(writer, cut))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("cut short")
                    .hasMessageContaining(cut.toString());
            StalenessReport report = StalenessChecker.withBound(BOUND)
                    .history(writer)
                    .historyOfKilled(cut)
                    .initialVersion(1)
                    .check();
            assertThat(report.cutShort()).containsExactly(cut);
            assertThat(report.reads()).isBetween(0L, 10_000L);
            assertThat(report.passed()).isEqualTo(report.reads() > 0);
        }
        Path inHeader = Files.write(directory.resolve("cut-in-header"), Arrays.copyOf(whole, header - 1));
        assertThatThrownBy(() -> StalenessChecker.withBound(BOUND)
                        .historyOfKilled(inHeader)
                        .check())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("cut short within its header");
    }

    @Test
    void check_versionOnlyAKilledInstanceCanHaveWritten_isCountedApart() throws IOException {
        Path writer = writer();
        Path killed = history("killed", h -> {});
        byte[] whole = Files.readAllBytes(killed);
        Files.write(killed, Arrays.copyOf(whole, whole.length - HistoryFormat.END_BYTES));
        Path reader = history("reader", h -> read(h, 7, 4, 3_000));

        StalenessReport report = StalenessChecker.withBound(BOUND)
                .initialVersion(1)
                .history(writer)
                .historyOfKilled(killed)
                .history(reader)
                .check();

        assertThat(report.passed()).isTrue();
        assertThat(report.unattributed()).isOne();
        assertThat(report.describe()).contains("killed ends early", "1 reads of versions that only it");
    }

    @Test
    void check_damagedFile_isRefusedEvenForAKilledInstance() throws IOException {
        Path file = writer();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] bytes = whole.clone();
            bytes[i] ^= 0x40;
            Path damaged = Files.write(directory.resolve("damaged-" + i), bytes);
            assertThatThrownBy(() ->
                            StalenessChecker.withBound(BOUND).history(damaged).check())
                    .as("byte %d", i)
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining(damaged.toString());
        }
        int inPayload = whole.length - HistoryFormat.END_BYTES - 1;
        assertThatThrownBy(() -> StalenessChecker.withBound(BOUND)
                        .historyOfKilled(directory.resolve("damaged-" + inPayload))
                        .check())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("checksum of block 1");
    }

    @Test
    void check_foreignOrEmptyFile_isRefused() throws IOException {
        Path foreign = Files.writeString(directory.resolve("foreign"), "id,name\n1,Paris\n", StandardCharsets.UTF_8);
        Path empty = Files.createFile(directory.resolve("empty"));

        for (Path file : new Path[] {foreign, empty}) {
            assertThatThrownBy(() -> StalenessChecker.withBound(BOUND)
                            .historyOfKilled(file)
                            .check())
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("is not a history");
        }
    }

    @Test
    void check_bytesAfterTheEnd_isRefused() throws IOException {
        Path file = writer();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));

        assertThatThrownBy(() -> check(file))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("bytes after its end");
    }

    @Test
    void check_noHistory_isRefused() {
        assertThatThrownBy(() -> StalenessChecker.withBound(BOUND).check()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void create_fileThere_isRefused() throws IOException {
        Path file = writer();

        assertThatThrownBy(() -> HistoryWriter.create(file, "again")).isInstanceOf(FileAlreadyExistsException.class);
    }
}
