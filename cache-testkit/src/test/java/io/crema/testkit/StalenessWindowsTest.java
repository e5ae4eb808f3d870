package io.crema.testkit;

import static io.crema.testkit.HandMade.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.ReadConsistency;
import io.crema.testkit.StalenessReport.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times that a caller declares: windows of reads, losses, clock windows and quiet times, and their ends. */
class StalenessWindowsTest {

    @TempDir
    Path directory;

    private HandMade histories = new HandMade(Path.of(""));
    private int number;

    @BeforeEach
    void inDirectory() {
        histories = new HandMade(directory);
    }

    private StalenessChecker checker(Consumer<HistoryWriter> writer, Consumer<HistoryWriter> reader)
            throws IOException {
        number++;
        return StalenessChecker.withBound(Duration.ofSeconds(2))
                .initialVersion(1)
                .history(histories.history("writer-" + number, writer))
                .history(histories.history("reader-" + number, reader));
    }

    private StalenessChecker checker(Consumer<HistoryWriter> reader) throws IOException {
        return checker(HandMade::writes, reader);
    }

    private static void read(HistoryWriter history, long version, long startNanos) {
        history.read(7, version, startNanos, startNanos + MS, ReadTier.L1);
    }

    @Test
    void checkEach_overlappingWindows_eachCountsTheReadsThatBeganInIt() throws IOException {
        Map<String, ReadWindow> windows = new LinkedHashMap<>();
        windows.put("second", new ReadWindow(5_000 * MS, 7_000 * MS));
        windows.put("first", new ReadWindow(4_000 * MS, 6_000 * MS));
        windows.put("none", new ReadWindow(8_000 * MS, 9_000 * MS));
        StalenessChecker checker = checker(h -> {
            read(h, 3, 4_000 * MS - 1);
            read(h, 3, 4_000 * MS);
            read(h, 1, 5_000 * MS);
            read(h, 4, 6_000 * MS - 1);
            read(h, 3, 6_000 * MS);
            read(h, 3, 7_000 * MS);
        });

        Map<String, StalenessReport> reports = checker.checkEach(windows);

        assertThat(reports.keySet()).containsExactly("second", "first", "none");
        assertThat(reports.get("first")).satisfies(report -> {
            assertThat(report.reads()).isEqualTo(3);
            assertThat(report.violations()).isOne();
            assertThat(report.future()).isOne();
            assertThat(report.worst()).hasSize(1);
            assertThat(report.staleness().count()).isOne();
            assertThat(report.firstFuture()).isPresent();
        });
        assertThat(reports.get("second")).satisfies(report -> {
            assertThat(report.reads()).isEqualTo(3);
            assertThat(report.violations()).isOne();
            assertThat(report.future()).isOne();
        });
        assertThat(reports.get("none")).satisfies(report -> {
            assertThat(report.reads()).isZero();
            assertThat(report.passed()).isFalse();
            assertThat(report.describe()).contains("NOT PASSED", "nothing was checked: there are no reads");
        });
        assertThat(checker.check().reads()).isEqualTo(6);
    }

    @Test
    void checkEach_violationOutsideTheWindow_doesNotFailIt() throws IOException {
        Map<String, StalenessReport> reports = checker(h -> {
                    read(h, 1, 4_999 * MS);
                    read(h, 3, 5_000 * MS);
                })
                .checkEach(Map.of("later", new ReadWindow(5_000 * MS, 6_000 * MS)));

        assertThat(reports.get("later"))
                .satisfies(report -> assertThat(report.passed()).isTrue());
    }

    @Test
    void checkEach_readBeforeTheWindow_countsForBackwardReadsWithin() throws IOException {
        Map<String, StalenessReport> reports = checker(h -> {
                    read(h, 3, 2_001 * MS);
                    read(h, 2, 2_100 * MS);
                })
                .checkEach(Map.of("later", new ReadWindow(2_100 * MS, 6_000 * MS)));

        assertThat(reports.get("later"))
                .satisfies(report -> assertThat(report.backward().superseded()).isOne());
    }

    @Test
    void windows_emptyOrBackwards_areRefused() throws IOException {
        StalenessChecker checker = checker(h -> {});
        assertThatThrownBy(() -> new ReadWindow(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.readsBetween(6, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.historyLoss(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.clockWindow(5, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.quiet(5, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.quiet(Long.MIN_VALUE, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checker.checkEach(Map.of())).isInstanceOf(IllegalArgumentException.class);
        // A clock that overflows within is none of these.
        assertThat(new ReadWindow(Long.MAX_VALUE - 1, Long.MIN_VALUE + 5)).isNotNull();
    }

    @Test
    void historyLoss_acknowledgedWithin_countsAsAcknowledgedAtItsEnd() throws IOException {
        // Version 2 was acknowledged at 1,000 ms, version 3 at 2,000 ms.
        Consumer<HistoryWriter> atTheEdge = h -> read(h, 1, 3_500 * MS);
        Consumer<HistoryWriter> beyond = h -> read(h, 1, 3_500 * MS + 1);

        assertThat(checker(atTheEdge).check().violations()).isOne();
        assertThat(checker(atTheEdge)
                        .historyLoss(1_000 * MS, 1_500 * MS)
                        .check()
                        .violations())
                .isZero();
        assertThat(checker(beyond).historyLoss(1_000 * MS, 1_500 * MS).check().violations())
                .isOne();
        // Version 2 was acknowledged before the loss, or at its end.
        assertThat(checker(atTheEdge)
                        .historyLoss(1_000 * MS + 1, 1_500 * MS)
                        .check()
                        .violations())
                .isOne();
        assertThat(checker(atTheEdge).historyLoss(500 * MS, 1_000 * MS).check().violations())
                .isOne();
    }

    @Test
    void historyLoss_ofOtherKeys_excusesNothing() throws IOException {
        StalenessChecker checker = checker(h -> read(h, 1, 3_500 * MS));

        assertThat(checker.historyLoss(900 * MS, 1_500 * MS, key -> key != 7)
                        .check()
                        .violations())
                .isOne();
        assertThat(checker.historyLoss(900 * MS, 1_500 * MS, key -> key == 7)
                        .check()
                        .violations())
                .isZero();
    }

    @Test
    void historyLoss_severalThatMeet_lastUntilTheEndOfTheLast() throws IOException {
        StalenessChecker checker = checker(h -> {
                    read(h, 1, 6_000 * MS);
                    read(h, 1, 6_000 * MS + 1);
                })
                .historyLoss(1_500 * MS, 4_000 * MS)
                .historyLoss(900 * MS, 1_500 * MS)
                .historyLoss(950 * MS, 1_100 * MS)
                .historyLoss(4_001 * MS, 5_000 * MS);

        assertThat(checker.check().violations()).isOne();
    }

    @Test
    void historyLoss_ownAndLatestReads_needNotSeeWhatWasLost() throws IOException {
        Consumer<HistoryWriter> one = h -> {
            HandMade.writes(h);
            read(h, 1, 1_500 * MS);
            h.read(7, 1, 1_500 * MS, 1_501 * MS, ReadTier.L2, ReadConsistency.LATEST);
        };

        StalenessReport lost =
                checker(one, h -> {}).historyLoss(900 * MS, 1_500 * MS).check();
        assertThat(lost.passed()).isTrue();
        StalenessReport before =
                checker(one, h -> {}).historyLoss(900 * MS, 1_499 * MS).check();
        assertThat(before.ownWritesMissed()).isOne();
        assertThat(before.latestTooOld()).isOne();
    }

    @Test
    void clockWindow_staleReadsThatBeginWithin_areCountedApartWithTheLatestBegin() throws IOException {
        Consumer<HistoryWriter> reads = h -> {
            read(h, 1, 5_000 * MS);
            read(h, 1, 5_004 * MS);
            read(h, 1, 5_001 * MS);
            read(h, 3, 5_005 * MS);
        };

        StalenessReport apart =
                checker(reads).clockWindow(5_000 * MS, 5_004 * MS + 1).check();
        assertThat(apart.clockWindow()).isEqualTo(new StalenessReport.ClockWindow(3, Duration.ofMillis(4)));
        assertThat(apart.passed()).isTrue();
        assertThat(apart.staleWithinBound()).isZero();
        assertThat(apart.staleness().count()).isEqualTo(3);
        assertThat(apart.nines().withinBound()).isOne();
        assertThat(apart.describe()).contains("3 reads beyond the bound began in a clock window", "4.000 ms");

        StalenessReport tooShort =
                checker(reads).clockWindow(5_000 * MS + 1, 5_004 * MS).check();
        assertThat(tooShort.clockWindow().stale()).isOne();
        assertThat(tooShort.violations()).isEqualTo(2);
    }

    @Test
    void clockWindow_ofOneHistory_excusesNoOther() throws IOException {
        StalenessChecker checker = checker(h -> read(h, 1, 5_000 * MS));
        Path stopped = histories.history("stopped", h -> read(h, 1, 5_000 * MS));
        checker.history(stopped).clockWindow(stopped, 5_000 * MS, 5_001 * MS);

        StalenessReport report = checker.check();

        assertThat(report.clockWindow().stale()).isOne();
        assertThat(report.violations()).isOne();
        checker.clockWindow(directory.resolve("unknown"), 0, 1);
        assertThatThrownBy(checker::check)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("unknown");
    }

    @Test
    void clockWindow_ownWritesAndLatestReads_areNotExcused() throws IOException {
        StalenessReport report = checker(
                        h -> {
                            HandMade.writes(h);
                            read(h, 1, 5_000 * MS);
                            h.read(7, 1, 5_000 * MS, 5_001 * MS, ReadTier.L2, ReadConsistency.LATEST);
                        },
                        h -> {})
                .clockWindow(5_000 * MS, 5_001 * MS)
                .check();

        assertThat(report.violations()).isZero();
        assertThat(report.ownWritesMissed()).isOne();
        assertThat(report.latestTooOld()).isOne();
    }

    @Test
    void quiet_readThatDoesNotReturnTheLastVersion_isUnconverged() throws IOException {
        StalenessReport report = checker(h -> {
                    read(h, 2, 4_000 * MS);
                    read(h, 3, 4_001 * MS);
                    read(h, 2, 5_000 * MS);
                    h.read(7, 1, 4_500 * MS, 4_501 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
                })
                .quiet(4_001 * MS, 5_000 * MS)
                .check();
        assertThat(report.quiet()).isEqualTo(new StalenessReport.Quiet(1, 0, 0, 0));

        StalenessReport old = checker(h -> read(h, 2, 4_001 * MS))
                .quiet(4_001 * MS, 5_000 * MS)
                .check();
        assertThat(old.quiet()).isEqualTo(new StalenessReport.Quiet(1, 1, 0, 0));
        assertThat(old.worst()).extracting("kind").containsExactly(Kind.BEYOND_BOUND, Kind.UNCONVERGED);
        assertThat(old.passed()).isFalse();
    }

    @Test
    void quiet_lastVersionNotAcknowledgedLongerThanTheBoundBefore_isNotJudgedAndNoPass() throws IOException {
        Consumer<HistoryWriter> reads = h -> read(h, 3, 4_500 * MS);

        assertThat(checker(reads).quiet(4_000 * MS + 1, 5_000 * MS).check().passed())
                .isTrue();
        StalenessReport early = checker(reads).quiet(4_000 * MS, 5_000 * MS).check();
        assertThat(early.quiet()).isEqualTo(new StalenessReport.Quiet(0, 0, 1, 1));
        assertThat(early.passed()).isFalse();
        assertThat(early.describe()).contains("1 times declared quiet hold no read that could be checked");
    }

    @Test
    void quiet_keyWrittenWithin_isJudgedOnlyUntilThen() throws IOException {
        StalenessReport report = checker(
                        h -> {
                            HandMade.writes(h);
                            h.written(7, 4, 4_600 * MS, 4_601 * MS);
                        },
                        h -> {
                            read(h, 3, 4_600 * MS - 1);
                            read(h, 3, 4_600 * MS);
                        })
                .quiet(4_500 * MS, 5_000 * MS)
                .check();

        assertThat(report.quiet()).isEqualTo(new StalenessReport.Quiet(1, 0, 1, 0));
    }

    @Test
    void quiet_keyNobodyWrote_isNoReadOfIt() throws IOException {
        StalenessReport report = checker(h -> h.read(8, 1, 4_500 * MS, 4_501 * MS, ReadTier.L1))
                .quiet(4_400 * MS, 5_000 * MS)
                .check();

        assertThat(report.quiet()).isEqualTo(new StalenessReport.Quiet(0, 0, 0, 1));
    }

    @Test
    void quiet_partlyOutsideTheWindow_mayBeWithoutReads() throws IOException {
        Map<String, StalenessReport> reports = checker(h -> read(h, 3, 4_200 * MS))
                .quiet(4_500 * MS, 5_000 * MS)
                .checkEach(Map.of(
                        "part",
                        new ReadWindow(4_000 * MS, 5_000 * MS - 1),
                        "whole",
                        new ReadWindow(4_000 * MS, 5_000 * MS)));

        assertThat(reports.get("part"))
                .satisfies(report -> assertThat(report.passed()).isTrue());
        assertThat(reports.get("whole"))
                .satisfies(report -> assertThat(report.passed()).isFalse());
    }
}
