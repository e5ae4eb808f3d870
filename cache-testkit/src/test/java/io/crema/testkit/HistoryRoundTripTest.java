package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.ReadConsistency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryRoundTripTest {

    private record Event(String kind, long key, long version, long start, long end) {}

    private static final class Recorded implements HistoryReader.Events {

        private final List<Event> events = new ArrayList<>();

        @Override
        public void read(
                long key, long version, long startNanos, long endNanos, ReadTier tier, ReadConsistency consistency) {
            events.add(new Event(tier + " " + consistency, key, version, startNanos, endNanos));
        }

        @Override
        public void written(long key, long version, long startNanos, long endNanos) {
            events.add(new Event("written", key, version, startNanos, endNanos));
        }

        @Override
        public void invalidated(long key, long version, long startNanos, long ackNanos) {
            events.add(new Event("invalidated", key, version, startNanos, ackNanos));
        }
    }

    @TempDir
    Path directory;

    @Test
    void read_randomEventsWithExtremes_areTheOnesWritten() throws IOException {
        Path file = directory.resolve("history");
        Random random = new Random(42);
        List<Event> expected = new ArrayList<>();
        try (HistoryWriter writer = HistoryWriter.create(file, "one")) {
            for (int i = 0; i < 20_000; i++) {
                long key = extreme(random);
                long version = extreme(random);
                long start = extreme(random);
                long end = extreme(random);
                int kind = random.nextInt(11);
                expected.add(
                        new Event(record(writer, random, kind, key, version, start, end), key, version, start, end));
            }
        }
        Recorded recorded = new Recorded();

        assertThat(HistoryReader.read(file, recorded)).isEqualTo(HistoryReader.Ending.COMPLETE);

        assertThat(recorded.events).isEqualTo(expected);
    }

    private static long extreme(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> random.nextInt(1_000) - 500;
            default -> random.nextLong();
        };
    }

    private static String record(
            HistoryWriter writer, Random random, int kind, long key, long version, long start, long end) {
        switch (kind) {
            case 3 -> {
                writer.written(key, version, start, end);
                return "written";
            }
            case 4 -> {
                writer.invalidated(key, version, start, end);
                return "invalidated";
            }
            default -> {
                ReadTier tier = HistoryFormat.TIERS.get(random.nextInt(3));
                ReadConsistency consistency = List.of(ReadConsistency.values()).get(random.nextInt(3));
                writer.read(key, version, start, end, tier, consistency);
                return tier + " " + consistency;
            }
        }
    }

    @Test
    void read_ordinaryEvents_takeFewBytes() throws IOException {
        Path file = directory.resolve("history");
        int events = 100_000;
        try (HistoryWriter writer = HistoryWriter.create(file, "one")) {
            for (int i = 0; i < events; i++) {
                writer.read(i % 12_000, i % 50, i * 65_000L, i * 65_000L + 900, ReadTier.L1);
            }
        }

        assertThat(Files.size(file)).isLessThan(12L * events);
    }

    @Test
    void flush_notClosed_leavesWhatWasRecordedReadable() throws IOException {
        Path file = directory.resolve("history");
        Recorded recorded = new Recorded();
        try (HistoryWriter writer = HistoryWriter.create(file, "one")) {
            writer.written(1, 2, 3, 4);
            writer.flush();
            writer.written(5, 6, 7, 8);

            assertThat(HistoryReader.read(file, recorded)).isEqualTo(HistoryReader.Ending.CUT_SHORT);
        }
        assertThat(recorded.events).containsExactly(new Event("written", 1, 2, 3, 4));
    }

    @Test
    void record_afterClose_isRefused() throws IOException {
        HistoryWriter writer = HistoryWriter.create(directory.resolve("history"), "one");
        writer.close();
        writer.close();

        assertThatThrownBy(() -> writer.written(1, 2, 3, 4)).isInstanceOf(IllegalStateException.class);
    }
}
