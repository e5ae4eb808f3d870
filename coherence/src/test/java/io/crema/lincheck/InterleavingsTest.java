package io.crema.lincheck;

import io.crema.lincheck.Broken.Mistake;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Installs, hits, invalidations, confirmations and resynchronisations of one instance, interleaved by Lincheck: nothing is
 * served that an invalidation made wrong which had been applied, or whose loss had been noticed, before the lease was
 * confirmed. With one step done wrong, the same scenario serves it.
 */
class InterleavingsTest {

    @ParameterizedTest
    @EnumSource(
            names = {
                "INSTALL_AND_INVALIDATION",
                "HIT_AND_CONFIRMATION",
                "HIT_AND_RESYNCHRONISATION",
                "INSTALL_AND_RESYNCHRONISATION"
            })
    void interleaved_production_servesNothingStale(Scenario scenario) {
        Exploration.brief().findsNothing(scenario, Mistake.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "EVICTS_IF_PRESENT, INSTALL_AND_INVALIDATION",
        "INSTALLS_DETACHED, INSTALL_AND_INVALIDATION",
        "LEASE_AFTER_MAP, HIT_AND_CONFIRMATION",
        "GENERATION_BEFORE_LEASE, HIT_AND_RESYNCHRONISATION",
        "CONFIRMS_FIRST, HIT_AND_RESYNCHRONISATION",
        "GENERATION_OF_INSTALL, INSTALL_AND_RESYNCHRONISATION"
    })
    void interleaved_withAMistake_servesSomethingStale(Mistake mistake, Scenario scenario) {
        Exploration.brief().findsStale(scenario, mistake);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void interleavedLong_production_servesNothingStale(Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Mistake.NONE);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "REMOVES_WHAT_IT_FINDS, INSTALL_AND_INVALIDATION",
        "DETACHES_LAST, INSTALL_AND_INVALIDATION",
        "DETACHES_NOTHING, INSTALL_AND_INVALIDATION",
        "REGISTERS_LATE, INSTALL_AND_INVALIDATION",
        "LEASE_OF_PARTITION_AFTER_MAP, HIT_AND_CONFIRMATION_OF_ITS_PARTITION",
        "GENERATION_BEFORE_LEASE, HIT_AND_GAP",
        "CONFIRMS_FIRST, HIT_AND_GAP",
        "GENERATION_OF_INSTALL, INSTALL_AND_GAP"
    })
    void interleavedLong_withAMistake_servesSomethingStale(Mistake mistake, Scenario scenario) {
        Exploration.thorough().findsStale(scenario, mistake);
    }

    /** The lease before the map is what counts; the generation after it only misses less. */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = {"HIT_AND_CONFIRMATION", "HIT_AND_RESYNCHRONISATION", "HIT_AND_GAP"})
    void interleavedLong_generationBetweenLeaseAndMap_servesNothingStale(Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Mistake.GENERATION_BEFORE_MAP);
    }
}
