package io.crema.lincheck;

import io.crema.lincheck.Broken.Mistake;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each wrong order of the steps that {@link NearTierOnCaffeineTest} explores is found. A class of its own, so that two JVMs
 * share the explorations.
 */
@Timeout(300)
class WrongOrderOnCaffeineTest {

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
}
