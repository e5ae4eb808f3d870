package io.crema.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.CacheLoadException;
import io.crema.policy.FailureCaching;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An origin gives a value that cannot be stored: for all instances that is a load that failed, and they learn of it. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class UnfitValuesFleetTest {

    private static final String UNFIT = "!cannot be written";
    private static final Duration STEP = Duration.ofSeconds(1);

    private final Service service;

    UnfitValuesFleetTest(Style style) {
        service = new Service(Setup.fleet(style));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private List<Instance> fleet(UnaryOperator<CacheBuilder<String, String>> policies) {
        UnaryOperator<CacheBuilder<String, String>> patient =
                builder -> policies.apply(builder.singleFlight(SingleFlight.waitUpTo(Duration.ofSeconds(8))));
        return Stream.generate(() -> service.instance(patient)).limit(4).toList();
    }

    /** The first loads, and the others wait for it. */
    private List<Call<String>> waitForTheFirst(List<Instance> fleet, Held held) {
        Call<String> loading = fleet.get(0).get("k");
        held.awaitCalled();
        List<Call<String>> waiting =
                fleet.stream().skip(1).map(each -> each.get("k")).toList();
        service.until(() -> fleet.stream().allMatch(each -> each.executed(Operation.LEASE) > 0));
        return Stream.concat(Stream.of(loading), waiting.stream()).toList();
    }

    private void assertAllAreTold(List<Call<String>> calls) {
        assertThat(service.failure(calls.get(0))).hasMessageContaining("must not start with !");
        assertThat(calls.stream().skip(1))
                .extracting(service::failure)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CacheLoadException.class)
                        .hasMessageContaining("another instance"));
    }

    @Test
    void get_othersWait_areTold_andTheOriginIsAskedOnce() {
        List<Instance> fleet = fleet(builder -> builder);
        Held held = service.origin.hold();
        List<Call<String>> calls = waitForTheFirst(fleet, held);
        held.answer(UNFIT);
        assertAllAreTold(calls);
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_ofAValueWithTags_othersWait_areTold_andTheOriginIsAskedOnce() {
        List<Instance> fleet = fleet(builder -> builder);
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            context.tags("tag");
            return held.load();
        });
        List<Call<String>> calls = waitForTheFirst(fleet, held);
        held.answer(UNFIT);
        assertAllAreTold(calls);
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_failuresAreRemembered_byAllInstances() {
        List<Instance> fleet = fleet(builder -> builder.failures(FailureCaching.cachedFor(STEP)));
        service.origin.give(UNFIT);
        assertThat(fleet)
                .extracting(each -> service.failure(each.get("k")))
                .allSatisfy(failure -> assertThat(failure).isInstanceOf(RuntimeException.class));
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void get_thereIsAReserve_allServeIt_andTheOriginIsAskedOncePerStep() {
        List<Instance> fleet = fleet(builder ->
                builder.staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(STEP)));
        service.origin.give("v1");
        assertThat(fleet).extracting(each -> each.load("k")).containsOnly("v1");
        service.passFreshness();
        Held held = service.origin.hold();
        List<Call<String>> calls = waitForTheFirst(fleet, held);
        held.answer(UNFIT);
        assertThat(calls).extracting(service::finish).containsOnly("v1");
        assertThat(fleet).extracting(each -> each.load("k")).containsOnly("v1");
        assertThat(held.calls()).isEqualTo(1);
        service.pass(STEP.multipliedBy(2));
        assertThat(fleet).extracting(each -> each.load("k")).containsOnly("v1");
        assertThat(held.calls()).isEqualTo(2);
    }
}
