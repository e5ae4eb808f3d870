package io.crema.lincheck;

import io.crema.lincheck.Broken.Mistake;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The steps that must be in their order where threads race: an install and the message that evicts, the steps of a hit, a
 * resynchronisation and what was begun before it. Each scenario is explored; that this finds each wrong order, is what
 * {@link WrongOrderOnCaffeineTest} shows.
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

    @Tag("long")
    @Timeout(3600)
    @ParameterizedTest
    @EnumSource
    void race_exploredThoroughly_servesNothingStale(Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Mistake.NONE);
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
