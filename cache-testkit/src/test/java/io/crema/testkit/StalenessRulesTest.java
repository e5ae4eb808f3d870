package io.crema.testkit;

import static io.crema.testkit.HandMade.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.ReadConsistency;
import io.crema.testkit.StalenessReport.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For each rule a history that breaks it and no other, and its nearest neighbours that break none. */
class StalenessRulesTest {

    private static final Duration BOUND = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private HandMade histories = new HandMade(Path.of(""));
    private int number;

    @BeforeEach
    void inDirectory() {
        histories = new HandMade(directory);
    }

    private StalenessChecker checker(Path... files) {
        StalenessChecker checker = StalenessChecker.withBound(BOUND).initialVersion(1);
        List.of(files).forEach(checker::history);
        return checker;
    }

    /** The writer's history and another instance's. */
    private StalenessReport check(Consumer<HistoryWriter> reader) throws IOException {
        return readers(reader).check();
    }

    private StalenessChecker readers(Consumer<HistoryWriter> reader) throws IOException {
        number++;
        return checker(
                histories.history("writer-" + number, HandMade::writes), histories.history("reader-" + number, reader));
    }

    /** One instance that writes and reads. */
    private StalenessReport checkOne(Consumer<HistoryWriter> reads) throws IOException {
        return checker(histories.history("one-" + number++, h -> {
                    HandMade.writes(h);
                    reads.accept(h);
                }))
                .check();
    }

    private static void read(HistoryWriter history, long version, long startNanos) {
        history.read(7, version, startNanos, startNanos + MS, ReadTier.L1);
    }

    private static void latest(HistoryWriter history, long version, long startNanos) {
        history.read(7, version, startNanos, startNanos + MS, ReadTier.L2, ReadConsistency.LATEST);
    }

    @Test
    void check_readOneNanoBeyondTheBound_isTheOnlyViolation() throws IOException {
        StalenessReport report = check(h -> {
            read(h, 1, 3_000 * MS);
            read(h, 1, 3_000 * MS + 1);
            read(h, 2, 4_000 * MS);
            read(h, 3, 4_000 * MS + 1);
        });

        assertThat(report.violations()).isOne();
        assertThat(report.violationsOfAllKinds()).isOne();
        assertThat(report.staleWithinBound()).isEqualTo(2);
        assertThat(report.worst()).extracting("kind").containsExactly(Kind.BEYOND_BOUND);
        assertThat(report.passed()).isFalse();
    }

    @Test
    void check_staleReads_areInTheNinesUpToExactlyTheirStaleness() throws IOException {
        StalenessReport report = check(h -> {
            read(h, 3, 9_000 * MS);
            read(h, 1, 1_000 * MS);
            read(h, 1, 1_001 * MS);
            read(h, 1, 1_001 * MS + 1);
            read(h, 1, 1_010 * MS);
            read(h, 1, 1_010 * MS + 1);
            read(h, 1, 1_100 * MS);
            read(h, 1, 1_100 * MS + 1);
            read(h, 1, 3_000 * MS);
            read(h, 1, 3_000 * MS + 1);
            latest(h, 3, 9_000 * MS);
            h.read(7, 1, 9_000 * MS, 9_001 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
        });

        assertThat(report.nines()).isEqualTo(new StalenessReport.Nines(10, 3, 5, 7, 9));
        assertThat(report.nines().share(report.nines().within10ms())).isEqualTo(0.5);
        assertThat(report.reads()).isEqualTo(10);
        assertThat(report.latestReads()).isOne();
        assertThat(report.eventualReads()).isOne();
    }

    @Test
    void check_ownAcknowledgedWriteMissed_isTheOnlyViolation() throws IOException {
        StalenessReport report = checkOne(h -> {
            read(h, 1, 1_000 * MS);
            read(h, 1, 1_000 * MS + 1);
            read(h, 2, 2_000 * MS);
        });

        assertThat(report.ownWritesMissed()).isOne();
        assertThat(report.violationsOfAllKinds()).isOne();
        assertThat(report.passed()).isFalse();
        assertThat(report.worst())
                .containsExactly(new StalenessReport.Violation(
                        Kind.OWN_WRITE_MISSED,
                        7,
                        1,
                        2,
                        Duration.ofNanos(1),
                        ReadTier.L1,
                        1_000 * MS + 1,
                        directory.resolve("one-0")));
        assertThat(report.describe()).contains("own writes missed 1", "after its own instance had been acknowledged");
    }

    @Test
    void check_otherInstancesWriteMissedWithinTheBound_isNoViolation() throws IOException {
        assertThat(check(h -> read(h, 1, 1_000 * MS + 1)).passed()).isTrue();
        assertThat(checkOne(h -> {
                            h.read(7, 1, 1_000 * MS + 1, 1_001 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
                            read(h, 3, 3_000 * MS);
                        })
                        .passed())
                .isTrue();
    }

    @Test
    void check_oneInstanceInTwoHistories_knowsItsWritesInBoth() throws IOException {
        HostClock clock = HostClock.now();
        Path write = directory.resolve("one-writes");
        try (HistoryWriter history = HistoryWriter.create(write, new HistoryHeader("one", 1, clock))) {
            HandMade.writes(history);
        }
        for (long process : new long[] {1, 2}) {
            Path read = directory.resolve("one-reads-" + process);
            try (HistoryWriter history = HistoryWriter.create(read, new HistoryHeader("one", process, clock))) {
                read(history, 1, 1_500 * MS);
            }

            StalenessReport report = checker(read, write).check();

            assertThat(report.ownWritesMissed()).isEqualTo(process == 1 ? 1 : 0);
        }
    }

    @Test
    void check_latestReadOlderThanWhatWasAcknowledgedBefore_isTheOnlyViolation() throws IOException {
        StalenessReport report = check(h -> {
            latest(h, 1, 999 * MS);
            latest(h, 1, 1_000 * MS);
            latest(h, 2, 1_000 * MS + 1);
            latest(h, 3, 1_995 * MS);
            latest(h, 2, 2_000 * MS + 1);
        });

        assertThat(report.latestTooOld()).isOne();
        assertThat(report.violationsOfAllKinds()).isOne();
        assertThat(report.latestReads()).isEqualTo(5);
        assertThat(report.reads()).isZero();
        assertThat(report.worst()).singleElement().satisfies(row -> {
            assertThat(row.kind()).isEqualTo(Kind.LATEST_TOO_OLD);
            assertThat(row.seen()).isEqualTo(2);
            assertThat(row.expected()).isEqualTo(3);
            assertThat(row.lateness()).isEqualTo(Duration.ofNanos(1));
        });
        assertThat(report.passed()).isFalse();
    }

    @Test
    void check_eventualReads_areJudgedByTheFutureOnly() throws IOException {
        StalenessReport old = check(h -> {
            read(h, 3, 9_000 * MS);
            h.read(7, 1, 90_000 * MS, 90_001 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
        });
        assertThat(old.passed()).isTrue();
        assertThat(old.eventualReads()).isOne();

        StalenessReport early = check(h -> {
            read(h, 3, 9_000 * MS);
            h.read(7, 4, 90_000 * MS, 90_001 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
        });
        assertThat(early.future()).isOne();
        assertThat(early.violationsOfAllKinds()).isOne();
        assertThat(early.passed()).isFalse();
    }

    @Test
    void check_readEndsWhenItsVersionBegins_isNotFromTheFuture() throws IOException {
        StalenessReport report = check(h -> {
            h.read(7, 2, 980 * MS, 990 * MS - 1, ReadTier.ORIGIN);
            h.read(7, 2, 980 * MS, 990 * MS, ReadTier.ORIGIN);
            h.read(7, 1, 980 * MS, 981 * MS, ReadTier.ORIGIN);
        });

        assertThat(report.future()).isOne();
        assertThat(report.violationsOfAllKinds()).isOne();
    }

    @Test
    void check_readGoesBackToASupersededVersion_isMeasuredAndForbiddenOnRequest() throws IOException {
        Consumer<HistoryWriter> reads = h -> {
            h.read(7, 3, 2_001 * MS, 2_002 * MS, ReadTier.L2);
            h.read(7, 2, 2_002 * MS, 2_003 * MS, ReadTier.L1);
            h.read(7, 2, 2_002 * MS + 1, 2_003 * MS, ReadTier.L1);
            h.read(8, 1, 2_003 * MS, 2_004 * MS, ReadTier.L1);
        };

        StalenessReport measured = check(reads);
        assertThat(measured.backward()).isEqualTo(new StalenessReport.Backward(1, 0, false));
        assertThat(measured.passed()).isTrue();
        assertThat(measured.worst()).isEmpty();

        StalenessReport required = readers(reads).requireMonotonicReads().check();
        assertThat(required.backward()).isEqualTo(new StalenessReport.Backward(1, 0, true));
        assertThat(required.violationsOfAllKinds()).isOne();
        assertThat(required.passed()).isFalse();
        assertThat(required.worst()).singleElement().satisfies(row -> {
            assertThat(row.kind()).isEqualTo(Kind.BACKWARD);
            assertThat(row.expected()).isEqualTo(3);
            assertThat(row.startNanos()).isEqualTo(2_002 * MS + 1);
        });
    }

    @Test
    void check_readGoesBackBeforeAnythingNewerIsAcknowledged_isNeverForbidden() throws IOException {
        StalenessReport report = readers(h -> {
                    h.read(7, 3, 1_992 * MS, 1_993 * MS, ReadTier.L2);
                    h.read(7, 2, 1_994 * MS, 1_995 * MS, ReadTier.L1);
                    h.read(7, 2, 2_000 * MS, 2_001 * MS, ReadTier.L1, ReadConsistency.LATEST);
                    h.read(7, 2, 2_000 * MS, 2_001 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
                })
                .requireMonotonicReads()
                .check();

        assertThat(report.backward()).isEqualTo(new StalenessReport.Backward(0, 2, true));
        assertThat(report.passed()).isTrue();
    }

    @Test
    void check_backwardReadRecordedBeforeTheOneItGoesBackBehind_isFound() throws IOException {
        StalenessReport report = check(h -> {
            h.read(7, 2, 2_100 * MS, 2_101 * MS, ReadTier.L1);
            h.read(7, 3, 2_001 * MS, 2_050 * MS, ReadTier.L2);
        });

        assertThat(report.backward().superseded()).isOne();
    }

    @Test
    void check_otherInstanceOrEventualReadSawMore_isNotBackward() throws IOException {
        Path other = histories.history("other", h -> read(h, 3, 2_001 * MS));
        StalenessReport report = checker(histories.writer(), other, histories.history("reader", h -> {
                    h.read(7, 3, 2_001 * MS, 2_002 * MS, ReadTier.L1, ReadConsistency.EVENTUAL);
                    read(h, 2, 2_100 * MS);
                }))
                .check();

        assertThat(report.backward()).isEqualTo(new StalenessReport.Backward(0, 0, false));
    }

    @Test
    void check_hitsOfKeysWrittenWithinTenBounds_areHot() throws IOException {
        StalenessReport report = check(h -> {
            read(h, 1, 990 * MS - 1);
            read(h, 1, 990 * MS);
            read(h, 3, 21_990 * MS);
            read(h, 3, 21_990 * MS + 1);
            h.read(7, 3, 9_000 * MS, 9_001 * MS, ReadTier.L2);
            h.read(7, 3, 9_000 * MS, 9_001 * MS, ReadTier.L1, ReadConsistency.LATEST);
            h.read(8, 1, 9_000 * MS, 9_001 * MS, ReadTier.L1);
        });

        assertThat(report.hotHits()).isEqualTo(2);
    }
}
