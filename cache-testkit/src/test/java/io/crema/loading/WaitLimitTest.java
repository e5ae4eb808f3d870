package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.CacheLoadException;
import io.crema.LoadTimeoutException;
import io.crema.policy.LoadTimeouts;
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

/** While one instance loads, the others wait for its value: up to a limit, or until its load has failed. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class WaitLimitTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(8);

    private final Service service;

    WaitLimitTest(Style style) {
        service = new Service(Setup.fleet(style));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance waiting(Duration limit) {
        return waiting(limit, builder -> builder);
    }

    private Instance waiting(Duration limit, UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(builder -> policies.apply(builder.singleFlight(SingleFlight.waitUpTo(limit))));
    }

    @Test
    void get_anotherFillsInTime_givesItsValue_withoutALoad() {
        Instance a = waiting(LIMIT);
        Instance b = waiting(LIMIT);
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        List<Call<String>> waiting = Stream.generate(() -> b.get("k")).limit(4).toList();
        service.pass(LIMIT.dividedBy(4));
        held.answer("v");
        assertThat(service.finish(loading)).isEqualTo("v");
        assertThat(waiting).extracting(service::finish).containsOnly("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_anotherTakesLongerThanTheLimit_loadsForItself_andFillsNothing() {
        Instance a = waiting(LIMIT);
        Instance b = waiting(LIMIT);
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        Call<String> waiting = b.get("k", key -> "b's");
        service.pass(LIMIT.minus(MARGIN));
        assertThat(waiting.isDone()).isFalse();
        assertThat(service.finish(waiting)).isEqualTo("b's");
        held.answer("a's");
        assertThat(service.finish(loading)).isEqualTo("a's");
        Instance late = waiting(LIMIT);
        assertThat(late.look("k")).as("the lease was a's").isEqualTo("a's");
    }

    @Test
    void get_anotherTakesLongerThanTheLimit_givesTheReserve() {
        Instance a = waiting(LONG);
        Instance b = waiting(LIMIT, builder -> builder.staleOnError(StaleOnError.upTo(FRESH.multipliedBy(6))));
        b.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        Call<String> waiting = b.get("k");
        assertThat(service.finish(waiting)).isEqualTo("v1");
        assertThat(held.calls()).isEqualTo(1);
        held.answer("v2");
        assertThat(service.finish(loading)).isEqualTo("v2");
        assertThat(service.finish(b.get("k"))).isEqualTo("v2");
    }

    @Test
    void get_softTimeoutWhileAnotherLoads_givesTheReserve() {
        Instance a = waiting(LONG);
        Duration soft = Duration.ofMillis(200);
        Instance b = waiting(
                LONG,
                builder -> builder.staleOnError(StaleOnError.upTo(FRESH.multipliedBy(6)))
                        .loadTimeouts(LoadTimeouts.soft(soft)));
        b.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        Call<String> waiting = b.get("k");
        service.pass(soft);
        assertThat(service.finish(waiting)).isEqualTo("v1");
        held.answer("v2");
        assertThat(service.finish(loading)).isEqualTo("v2");
        service.passUntil(() -> "v2".equals(b.look("k")));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_hardTimeoutWhileAnotherLoads_throws() {
        Instance a = waiting(LONG);
        Instance b = waiting(
                LONG, builder -> builder.loadTimeouts(LoadTimeouts.none().hard(LIMIT)));
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        Call<String> waiting = b.get("k");
        service.pass(LIMIT.minus(MARGIN));
        assertThat(waiting.isDone()).isFalse();
        assertThat(service.failure(waiting)).isInstanceOf(LoadTimeoutException.class);
        held.answer("v");
        assertThat(service.finish(loading)).as("nobody else's load is given up").isEqualTo("v");
        assertThat(b.look("k")).isEqualTo("v");
    }

    @Test
    void get_anothersLoadFails_failsAtOnceForAllThatWaited() {
        Instance a = waiting(LONG);
        Instance b = waiting(LONG);
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        List<Call<String>> waiting = Stream.generate(() -> b.get("k")).limit(4).toList();
        waiting.forEach(Call::awaitWaiting);
        // It was refused the lease, so it waits for the other.
        service.until(() -> b.executed(Operation.LEASE) > 0);
        service.pass(Duration.ofMillis(100));
        held.fail(DOWN);
        assertThat(service.failure(loading)).isSameAs(DOWN);
        assertThat(waiting)
                .extracting(service::failure)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CacheLoadException.class)
                        .hasMessageContaining("another instance"));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_afterAnothersLoadFailed_loads() {
        Instance a = waiting(LONG);
        Instance b = waiting(LONG);
        service.origin.fail();
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
        service.origin.give("v");
        assertThat(service.finish(b.get("k"))).isEqualTo("v");
        assertThat(service.finish(a.get("k"))).isEqualTo("v");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void get_theOtherInstanceIsGone_loadsAtTheLimit() {
        Instance a = waiting(LIMIT);
        Instance b = waiting(LIMIT);
        Held held = service.origin.hold();
        Call<String> unused = a.get("k");
        held.awaitCalled();
        a.remote().goOffline();
        service.origin.give("v");
        assertThat(service.finish(b.get("k"))).isEqualTo("v");
    }

    @Test
    void get_invalidatedWhileAnotherLoads_loadsAtOnce() {
        Instance a = waiting(LONG);
        Instance b = waiting(LONG);
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        b.invalidate("k");
        service.origin.give("v2");
        assertThat(b.load("k")).isEqualTo("v2");
        held.answer("v1");
        assertThat(service.finish(loading)).isEqualTo("v1");
        assertThat(a.look("k")).isEqualTo("v2");
    }
}
