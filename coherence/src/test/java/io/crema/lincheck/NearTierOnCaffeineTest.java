package io.crema.lincheck;

import io.crema.lincheck.Broken.Mistake;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The steps that must be in their order where threads race: an install and the message that evicts, the steps of a hit, a
 * resynchronisation and what was begun before it. Each scenario is explored, and each wrong order is found by it.
 */
@Timeout(300)
class NearTierOnCaffeineTest {

    @ParameterizedTest
    @EnumSource(
            names = {
                "INSTALL_AND_INVALIDATION",
                "HIT_AND_CONFIRMATION",
                "HIT_AND_RESYNCHRONISATION",
                "INSTALL_AND_RESYNCHRONISATION"
            })
    void race_inTheOrderOfTheProtocol_servesNothingStale(Scenario scenario) {
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
    void race_withOneStepWrong_isFound(Mistake mistake, Scenario scenario) {
        Exploration.brief().findsStale(scenario, mistake);
    }

    @Tag("long")
    @Timeout(3600)
    @ParameterizedTest
    @EnumSource
    void race_exploredThoroughly_servesNothingStale(Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Mistake.NONE);
    }

    @Tag("long")
    @Timeout(3600)
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
    void race_withAnotherStepWrong_isFound(Mistake mistake, Scenario scenario) {
        Exploration.thorough().findsStale(scenario, mistake);
    }

    /** The lease before the map is what the bound needs; a generation read between them misses no loss that it covers. */
    @Tag("long")
    @Timeout(3600)
    @ParameterizedTest
    @EnumSource(names = {"HIT_AND_CONFIRMATION", "HIT_AND_RESYNCHRONISATION", "HIT_AND_GAP"})
    void race_withTheGenerationReadBetweenLeaseAndMap_servesNothingStale(Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Mistake.GENERATION_BEFORE_MAP);
    }
}
