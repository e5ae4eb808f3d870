package io.crema.lincheck;

import io.crema.lincheck.Exploration.Scenario;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps that must be in their order where threads race: an install and the message that evicts, the steps of a hit, a
 * resynchronisation and what was begun before it. Each scenario is explored, and each wrong order is found by it.
 */
@Timeout(300)
class NearTierOnCaffeineTest {

    static Stream<Arguments> scenarios() {
        return Stream.of(
                scenario("install against invalidation", Scenarios::installAgainstInvalidation),
                scenario("replacement against invalidation", Scenarios::replacementAgainstInvalidation),
                scenario("two reads against invalidation", Scenarios::twoReadsAgainstInvalidation),
                scenario("hit against confirmation", Scenarios::hitAgainstConfirmation),
                scenario("hit against confirmation of a partition", Scenarios::hitAgainstConfirmationOfItsPartition),
                scenario("hit against resynchronisation", Scenarios::hitAgainstResynchronisation),
                scenario("install against resynchronisation", Scenarios::installAgainstResynchronisation));
    }

    private static Arguments scenario(String name, Scenario scenario) {
        return Arguments.of(name, scenario);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("evicts if present", Scenarios::installAgainstInvalidation, Broken.EvictsIfPresent::new),
                mistake("removes what it finds", Scenarios::installAgainstInvalidation, Broken.RemovesWhatItFinds::new),
                mistake("detaches last", Scenarios::installAgainstInvalidation, Broken.DetachesLast::new),
                mistake("detaches nothing", Scenarios::installAgainstInvalidation, Broken.DetachesNothing::new),
                mistake("installs what is detached", Scenarios::installAgainstInvalidation, Broken::installsDetached),
                mistake("registers late", Scenarios::installAgainstInvalidation, Broken.RegistersLate::new),
                mistake("lease after map", Scenarios::hitAgainstConfirmation, Broken.LeaseAfterMap::new),
                mistake(
                        "lease of the partition after map",
                        Scenarios::hitAgainstConfirmationOfItsPartition,
                        Broken.LeaseOfPartitionAfterMap::new),
                mistake(
                        "generation before lease",
                        Scenarios::hitAgainstResynchronisation,
                        Broken.GenerationBeforeLease::new),
                mistake("generation before lease, gap", Scenarios::hitAgainstGap, Broken.GenerationBeforeLease::new),
                mistake("confirms first", Scenarios::hitAgainstResynchronisation, Broken.ConfirmsFirst::new),
                mistake("confirms first, gap", Scenarios::hitAgainstGap, Broken.ConfirmsFirst::new),
                mistake(
                        "generation of the install",
                        Scenarios::installAgainstResynchronisation,
                        Broken.GenerationOfInstall::new));
    }

    private static Arguments mistake(String name, Scenario scenario, Supplier<Instance> broken) {
        return Arguments.of(name, scenario, broken);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void race_inTheOrderOfTheProtocol_servesNothingStale(String name, Scenario scenario) {
        Exploration.brief().findsNothing(scenario, Instance::new);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void race_withOneStepWrong_isFound(String name, Scenario scenario, Supplier<Instance> broken) {
        Exploration.brief().findsStale(scenario, broken);
    }

    @Tag("long")
    @Timeout(3600)
    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void race_exploredThoroughly_servesNothingStale(String name, Scenario scenario) {
        Exploration.thorough().findsNothing(scenario, Instance::new);
    }
}
