package io.crema.testkit;

import static io.crema.testkit.HandMade.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories whose times cannot be compared, or are of a format that this version does not know: refused, never judged. */
class HistoryClockTest {

    private static final long WALL = 1_790_000_000_000L;

    @TempDir
    Path directory;

    private Path history(String name, HostClock clock, Consumer<HistoryWriter> script) throws IOException {
        Path file = directory.resolve(name);
        try (HistoryWriter writer = HistoryWriter.create(file, new HistoryHeader(name, 1, clock))) {
            script.accept(writer);
        }
        return file;
    }

    private static StalenessChecker checker(Path... files) {
        StalenessChecker checker =
                StalenessChecker.withBound(Duration.ofSeconds(2)).initialVersion(1);
        for (Path file : files) {
            checker.history(file);
        }
        return checker;
    }

    private static void writesAndRead(HistoryWriter history) {
        HandMade.writes(history);
        history.read(7, 3, 3_000 * MS, 3_001 * MS, ReadTier.L1);
    }

    @Test
    void check_historiesOfTwoHosts_areRefused() throws IOException {
        Path here = history("here", new HostClock("boot a", 0, WALL), HistoryClockTest::writesAndRead);
        Path there = history("there", new HostClock("boot b", 0, WALL), h -> {});

        assertThat(checker(here).check().passed()).isTrue();
        assertThatThrownBy(() -> checker(here, there).check())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(there.toString())
                .hasMessageContaining("boot a")
                .hasMessageContaining("boot b");
    }

    @Test
    void check_clocksThatMovedApartByMoreThanAMinute_areRefused() throws IOException {
        Path first = history("first", new HostClock("a", Long.MAX_VALUE, WALL), HistoryClockTest::writesAndReadLate);
        for (long drift : new long[] {-60_001, -60_000, 0, 60_000, 60_001}) {
            long later = 3_600_000;
            HostClock clock = new HostClock("a", Long.MAX_VALUE + later * MS, WALL + later + drift);
            Path second = history("second" + drift, clock, h -> {});
            if (Math.abs(drift) <= 60_000) {
                assertThat(checker(first, second).check().passed()).isTrue();
            } else {
                assertThatThrownBy(() -> checker(first, second).check())
                        .isInstanceOf(HistoryException.class)
                        .hasMessageContaining("do not fit together")
                        .hasMessageContaining("60001 ms");
            }
        }
    }

    /** Around the overflow of the clock: stale by exactly the bound. */
    private static void writesAndReadLate(HistoryWriter history) {
        history.written(7, 2, Long.MAX_VALUE - 2, Long.MAX_VALUE - 1);
        history.invalidated(7, 2, Long.MAX_VALUE - 1, Long.MAX_VALUE);
        long read = Long.MAX_VALUE + 2_000 * MS;
        history.read(8, 1, read, read + 1, ReadTier.L1);
    }

    @Test
    void check_clockOverflowsBetweenAcknowledgementAndRead_comparesTheirDifference() throws IOException {
        HostClock clock = new HostClock("a", Long.MAX_VALUE - 1_000, WALL);
        Path writer = history("writer", clock, HistoryClockTest::writesAndReadLate);
        long edge = Long.MAX_VALUE + 2_000 * MS;
        Path within = history("within", clock, h -> h.read(7, 1, edge, edge + 1, ReadTier.L1));
        Path beyond = history("beyond", clock, h -> h.read(7, 1, edge + 1, edge + 2, ReadTier.L1));

        assertThat(checker(writer, within).check()).satisfies(report -> {
            assertThat(report.passed()).isTrue();
            assertThat(report.staleWithinBound()).isOne();
        });
        assertThat(checker(writer, beyond).check().worst()).singleElement().satisfies(row -> {
            assertThat(row.startNanos()).isEqualTo(edge + 1);
            assertThat(row.lateness()).isEqualTo(Duration.ofNanos(1));
        });
        assertThat(checker(writer, beyond).readsBetween(edge, edge + 1).check().reads())
                .isOne();
    }

    @Test
    void check_timesThatCannotBe_areRefused() throws IOException {
        HostClock clock = new HostClock("a", 0, WALL);
        Path backwards = history("backwards", clock, h -> h.read(7, 1, 5, 4, ReadTier.L1));
        Path farAway = history("far-away", clock, h -> h.written(7, 2, Long.MAX_VALUE - 1, Long.MAX_VALUE));

        assertThatThrownBy(() -> checker(backwards).check())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(backwards.toString())
                .hasMessageContaining("ends before it starts");
        assertThatThrownBy(() -> checker(farAway).check())
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(farAway.toString())
                .hasMessageContaining("not of their clock");
        Path good = history("good", clock, HistoryClockTest::writesAndRead);
        assertThatThrownBy(
                        () -> checker(good).readsBetween(Long.MIN_VALUE + 1, 0).check())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too far");
    }

    @Test
    void check_otherFormats_areRefusedByTheirNumber() throws IOException {
        byte[] bytes = Files.readAllBytes(history("good", HostClock.now(), HistoryClockTest::writesAndRead));
        for (int format : new int[] {1, 3, 255}) {
            bytes[HistoryFormat.MAGIC.length] = (byte) format;
            Path other = Files.write(directory.resolve("format-" + format), bytes);
            assertThatThrownBy(() -> checker(other).check())
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("format " + format + ", expected format 2");
        }
    }

    @Test
    void withBound_negativeOrLongerThanAYear_isRefused() {
        assertThatThrownBy(() -> StalenessChecker.withBound(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StalenessChecker.withBound(Duration.ofDays(366)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StalenessChecker.withBound(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void create_nameTooLong_isRefusedBeforeThereIsAFile() {
        Path file = directory.resolve("long");

        assertThatThrownBy(() -> HistoryWriter.create(file, "x".repeat(70_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void header_writtenNow_saysWhoAndByWhichClock() throws IOException {
        Path file = directory.resolve("now");
        HistoryWriter.create(file, "käse").close();

        HistoryHeader header = HistoryReader.header(file);

        assertThat(header.instance()).isEqualTo("käse");
        assertThat(header.clock().host()).isNotBlank().isEqualTo(HostClock.now().host());
        assertThat(header.clock().driftMillis(HostClock.now())).isLessThan(60_000);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).getLong()).isEqualTo(0x4352_454D_4148_4953L);
    }
}
