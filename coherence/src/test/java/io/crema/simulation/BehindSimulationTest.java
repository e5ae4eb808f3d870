package io.crema.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BehindSimulationTest {

    @Test
    void run_ofManySeeds_violatesNothing() {
        runMany(Seeds.orElse(150));
    }

    @Test
    @Tag("long")
    void run_ofVeryManySeeds_violatesNothing() {
        runMany(Seeds.orElse(10_000));
    }

    private static void runMany(Seeds many) {
        BehindCounts counts = new BehindCounts();
        many.stream().forEach(seed -> requireNoViolation(seed, counts));
        long seeds = many.count();
        assertThat(counts.acknowledged).as("%s", counts).isGreaterThan(20 * seeds);
        assertThat(counts.calls).as("%s", counts).isGreaterThan(10 * seeds);
        assertThat(counts.retries).as("%s", counts).isGreaterThan(seeds);
        assertThat(counts.coalesced).as("%s", counts).isGreaterThan(5 * seeds);
        assertThat(counts.superseded).as("%s", counts).isPositive();
        assertThat(counts.rejected).as("%s", counts).isGreaterThan(seeds);
        assertThat(counts.buried).as("%s", counts).isGreaterThan(seeds / 4);
        assertThat(counts.takeovers).as("%s", counts).isGreaterThan(seeds / 2);
        assertThat(counts.deaths).as("%s", counts).isGreaterThan(seeds / 20);
        assertThat(counts.drains).as("%s", counts).isGreaterThan(seeds / 20);
        assertThat(counts.lateWrites).as("%s", counts).isPositive();
        assertThat(counts.ownReads).as("%s", counts).isGreaterThan(10 * seeds);
        assertThat(counts.othersReads).as("%s", counts).isGreaterThan(10 * seeds);
    }

    private static void requireNoViolation(long seed, BehindCounts counts) {
        if (BehindSimulation.run(seed, BehindSetup.unchanged(), counts).isViolated()) {
            throw new AssertionError(
                    BehindSimulation.explain(seed, BehindSetup.unchanged()).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void run_ofOneSeedTwice_isTheSameRun(long seed) {
        BehindSimulation.Result first = BehindSimulation.run(seed, BehindSetup.unchanged(), new BehindCounts());
        BehindSimulation.Result second = BehindSimulation.run(seed, BehindSetup.unchanged(), new BehindCounts());

        assertThat(second.hash()).isEqualTo(first.hash());
    }

    /**
     * Seeds that found a bug, when they ran as they did then: a dirty value was not read while an invalidation of the key was
     * pending; what a fail-over brought back into a journal stayed there; an instance counted the writes of another.
     */
    @ParameterizedTest
    @ValueSource(longs = {8, 35, 40, 71, 79, 111, 139, 2261, 21, 57})
    void run_ofASeedThatFoundABug_violatesNothing(long seed) {
        requireNoViolation(seed, new BehindCounts());
    }

    static List<BehindMutants.Mutant> mutants() {
        return BehindMutants.all();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void run_ofAMutant_isNoticed(BehindMutants.Mutant mutant) {
        Optional<BehindSimulation.Result> noticed = new Seeds(300)
                .stream()
                        .mapToObj(seed -> BehindSimulation.run(seed, mutant.setup(), new BehindCounts()))
                        .filter(BehindSimulation.Result::isViolated)
                        .findFirst();

        assertThat(noticed).as("%s", mutant).isPresent();
    }
}
