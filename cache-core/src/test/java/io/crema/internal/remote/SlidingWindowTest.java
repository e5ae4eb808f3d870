package io.crema.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.remote.SlidingWindow.Sums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingWindowTest {

    private static final Duration LENGTH = Duration.ofNanos(1_000);
    private static final long SLICE = 100;

    private final SlidingWindow window = new SlidingWindow(LENGTH);

    @Test
    void counts_whatEndedInTheLastTenSlices() {
        window.succeeded(SLICE * 10);
        assertThat(window.failed(SLICE * 11)).isEqualTo(new Sums(2, 1));

        assertThat(window.failed(SLICE * 20 - 1)).isEqualTo(new Sums(3, 2));
        assertThat(window.failed(SLICE * 20)).as("the first slice is gone").isEqualTo(new Sums(3, 3));
        assertThat(window.failed(SLICE * 21)).isEqualTo(new Sums(3, 3));
    }

    @Test
    void counts_afterALongPause_areOfNothingBefore() {
        for (int i = 0; i < 50; i++) {
            assertThat(window.failed(1 + i).calls()).isEqualTo(i + 1);
        }
        // Slices that take the same places.
        assertThat(window.failed(SLICE * 1_000_000)).isEqualTo(new Sums(1, 1));
    }

    @Test
    void counts_ofAThreadThatComesLate_goToTheSliceThatIsThere() {
        window.succeeded(SLICE * 25);
        assertThat(window.failed(SLICE * 15)).isEqualTo(new Sums(2, 1));
    }

    @Test
    void length_shorterThanItsSlices_stillSlides() {
        SlidingWindow shortest = new SlidingWindow(Duration.ofNanos(3));
        assertThat(shortest.failed(5)).isEqualTo(new Sums(1, 1));
        assertThat(shortest.failed(14)).isEqualTo(new Sums(2, 2));
        assertThat(shortest.failed(24)).isEqualTo(new Sums(1, 1));
    }

    /** Against a list of everything that ever ended. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void counts_areThoseOfTheModel(long seed) {
        Random random = new Random(seed);
        List<long[]> all = new ArrayList<>();
        long now = 1;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(10) == 0 ? random.nextInt(1_500) : random.nextInt(20);
            boolean failed = random.nextBoolean();
            all.add(new long[] {now / SLICE, failed ? 1 : 0});
            if (failed) {
                long first = now / SLICE - 9;
                List<long[]> within =
                        all.stream().filter(one -> one[0] >= first).toList();
                assertThat(window.failed(now))
                        .as("operation %d of seed %d", i, seed)
                        .isEqualTo(new Sums(
                                within.size(),
                                within.stream().mapToLong(one -> one[1]).sum()));
            } else {
                window.succeeded(now);
            }
        }
    }

    @Test
    void counts_ofSeveralThreads_areAllThere() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 10_000; i++) {
                    window.succeeded(SLICE);
                    Sums unused = window.failed(SLICE);
                }
            }));
        }
        threads.forEach(CompletableFuture::join);
        assertThat(window.failed(SLICE)).isEqualTo(new Sums(80_001, 40_001));
    }
}
