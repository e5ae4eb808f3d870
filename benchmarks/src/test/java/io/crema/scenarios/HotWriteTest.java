package io.crema.scenarios;

import static io.crema.scenarios.Samples.assertMissed;
import static io.crema.scenarios.Samples.assertPassed;
import static io.crema.scenarios.Samples.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.WriteContext;
import io.crema.scenarios.HotWrite.Evidence;
import io.crema.scenarios.HotWrite.Look;
import io.crema.scenarios.HotWrite.Sample;
import io.crema.scenarios.Writes.Last;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How what a hot key did is judged, from samples that were never taken. */
class HotWriteTest {

    private static final String HEAP = "heap after collections, last third by first";

    /** One write of the key a second, as it should be. */
    private static List<Rows.Hot> hot(int count, long everyMillis) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Rows.Hot(at(i * everyMillis), 5_000_000))
                .toList();
    }

    private static List<Sample> samples(long firstHeap, long lastHeap) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            samples.add(new Sample(i, i * 10_000L, 5_000, 800, List.of(i < 6 ? firstHeap : lastHeap, 10L), 3_000));
        }
        return samples;
    }

    private static List<Look> looks(long first, long last) {
        return IntStream.range(0, 90)
                .mapToObj(i -> new Look(i < 60 ? first : last, 900))
                .toList();
    }

    private static Evidence good() {
        return evidence(10_000 * 30, hot(31, 1_000), samples(100, 100), looks(5_000, 5_000), List.of());
    }

    private static Evidence evidence(
            long acknowledged, List<Rows.Hot> hot, List<Sample> samples, List<Look> looks, List<String> lost) {
        return new Evidence(10_000, 30, acknowledged, 0, hot, samples, looks, 0, true, lost);
    }

    @Test
    void judge_allAsItShouldBe_passes() {
        assertPassed(HotWrite.judge(good()));
    }

    @Test
    void judge_eachFault_missesItsBar() {
        List<Sample> flat = samples(100, 100);
        List<Look> even = looks(5_000, 5_000);
        assertMissed(
                HotWrite.judge(evidence(299_999, hot(31, 1_000), flat, even, List.of())),
                "writes of the key that were acknowledged");
        assertMissed(
                HotWrite.judge(evidence(300_000, hot(62, 500), flat, even, List.of())),
                "origin writes of the key, by flush windows");
        assertMissed(
                HotWrite.judge(evidence(300_000, hot(30, 400), flat, even, List.of())),
                "origin writes of the key in any second");
        assertMissed(HotWrite.judge(evidence(300_000, hot(1, 1), flat, even, List.of())), "origin writes of the key");
        assertMissed(HotWrite.judge(evidence(300_000, hot(31, 1_000), samples(100, 130), even, List.of())), HEAP);
        assertMissed(
                HotWrite.judge(evidence(300_000, hot(31, 1_000), flat, looks(5_000, 9_000), List.of())),
                "writes in the journals, last third by first");
        assertMissed(
                HotWrite.judge(evidence(300_000, hot(31, 1_000), flat, even, List.of("hot"))),
                "keys whose row is not the last acknowledged write");
    }

    @Test
    void judge_nothingWasSeen_isNotPassed() {
        assertThat(HotWrite.judge(evidence(300_000, List.of(), List.of(), List.of(), List.of())))
                .filteredOn(bar -> !bar.passed())
                .extracting(Bar::what)
                .contains(HEAP, "origin writes of the key", "lag of the oldest write, at most");
    }

    @Test
    void isLast_rowOfAWriter_dependsOnWhatBeganAfterIt() {
        Last a = new Last(Writes.HOT, 1, 7, at(0), at(10));
        Last overlapping = new Last(Writes.HOT, 2, 9, at(5), at(20));
        Last later = new Last(Writes.HOT, 3, 4, at(11), at(20));

        assertThat(HotWrite.isLast(new Update(1, 7, at(0)), List.of(a, overlapping)))
                .isTrue();
        assertThat(HotWrite.isLast(new Update(2, 9, at(5)), List.of(a, overlapping)))
                .isTrue();
        assertThat(HotWrite.isLast(new Update(1, 6, at(0)), List.of(a, overlapping)))
                .as("older than its writer's last")
                .isFalse();
        assertThat(HotWrite.isLast(new Update(1, 7, at(0)), List.of(a, later)))
                .as("another began after it had ended")
                .isFalse();
        assertThat(HotWrite.isLast(new Update(1, 8, at(30)), List.of(a, later)))
                .as("made, though its writer was not told")
                .isTrue();
        assertThatThrownBy(() -> HotWrite.isLast(new Update(4, 1, 0), List.of(a)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rows_batchesOverTheWire_keepTheLastOfEachKeyAndCountInversions() throws IOException {
        try (Rows rows = Rows.start(Duration.ZERO)) {
            RowsClient client = new RowsClient(rows.port());
            Map<String, byte[]> batch = new LinkedHashMap<>();
            batch.put(Writes.HOT, new Update(1, 1, System.nanoTime()).bytes());
            batch.put("other", new Update(2, 5, System.nanoTime()).bytes());
            client.writeAll(batch, new Numbered(10));
            client.write(Writes.HOT, new Update(1, 2, System.nanoTime()).bytes(), new Numbered(9));

            assertThat(rows.row("other")).get().extracting(Update::sequence).isEqualTo(5L);
            assertThat(rows.row(Writes.HOT)).get().extracting(Update::sequence).isEqualTo(2L);
            assertThat(rows.counts()).isEqualTo(new Rows.Counts(2, 3, 1));
            assertThat(rows.hot()).hasSize(2).allMatch(write -> write.ageNanos() >= 0);
        }
    }

    /** What a writer is told of each key of a batch. */
    private record Numbered(long writeId) implements WriteContext {

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public WriteContext originVersion(long version) {
            return this;
        }

        @Override
        public WriteContext of(Object key) {
            return this;
        }
    }
}
