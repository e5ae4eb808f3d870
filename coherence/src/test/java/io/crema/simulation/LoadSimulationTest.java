package io.crema.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSimulationTest {

    /** How many seeds; {@code simulation.first} is the first of them. */
    private static final String SEEDS = "simulation.seeds";

    @Test
    void run_ofManySeeds_violatesNothing() {
        runMany(Long.getLong(SEEDS, 150));
    }

    @Test
    @Tag("long")
    void run_ofVeryManySeeds_violatesNothing() {
        runMany(Long.getLong(SEEDS, 10_000));
    }

    private static void runMany(long seeds) {
        long first = Long.getLong("simulation.first", 1);
        LoadCounts counts = new LoadCounts();
        LongStream.range(first, first + seeds).forEach(seed -> {
            if (LoadSimulation.run(seed, LoadSetup.unchanged(), counts).isViolated()) {
                throw new AssertionError(
                        LoadSimulation.explain(seed, LoadSetup.unchanged()).toString());
            }
        });
        System.out.println(counts);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void run_ofOneSeedTwice_isTheSameRun(long seed) {
        LoadSimulation.Result first = LoadSimulation.run(seed, LoadSetup.unchanged(), new LoadCounts());
        LoadSimulation.Result second = LoadSimulation.run(seed, LoadSetup.unchanged(), new LoadCounts());

        assertThat(second.hash()).isEqualTo(first.hash());
    }
}
