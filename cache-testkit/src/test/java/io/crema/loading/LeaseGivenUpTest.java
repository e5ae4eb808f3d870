package io.crema.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.LoadRejectedException;
import io.crema.policy.Bulkhead;
import io.crema.policy.FailureCaching;
import io.crema.policy.SingleFlight;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An instance that has a lease and will not load by it leaves the key to those that wait, at once. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class LeaseGivenUpTest {

    /** How long a reader waits for another instance: longer than anything here takes. */
    private static final Duration LIMIT = Duration.ofSeconds(8);

    private final Service service;
    private final Instance b;

    LeaseGivenUpTest(Style style) {
        service = new Service(Setup.fleet(style));
        b = instance(builder -> builder);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance instance(UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(builder -> policies.apply(builder.singleFlight(SingleFlight.waitUpTo(LIMIT))));
    }

    /** A call of b for the key that another instance has the lease of. */
    private Call<String> waiting() {
        int before = b.executed(Operation.LEASE);
        Call<String> waiting = b.get("k", key -> "b's");
        service.until(() -> b.executed(Operation.LEASE) > before);
        return waiting;
    }

    /** The call is granted the lease long before it would load without, and what it loads is stored. */
    private void assertTakesOver(Call<String> waiting) {
        long began = service.time.nanos();
        assertThat(service.finish(waiting)).isEqualTo("b's");
        assertThat(service.time.nanos() - began).isLessThan(LIMIT.dividedBy(2).toNanos());
        assertThat(instance(builder -> builder).look("k")).isEqualTo("b's");
    }

    @Test
    void rejectedByABulkhead_aReaderOfAnotherInstanceThatWaits_loads() {
        Instance a = instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)));
        Held held = service.origin.hold();
        Call<String> full = a.get("other");
        held.awaitCalled();
        RemoteGate releases = a.remote().holdRequests(Operation.RELEASE);
        assertThat(service.failure(a.get("k"))).isInstanceOf(LoadRejectedException.class);
        releases.awaitHeld(1);
        Call<String> waiting = waiting();
        releases.open();
        assertTakesOver(waiting);
        held.answer("v");
        assertThat(service.finish(full)).isEqualTo("v");
    }

    @Test
    void rejectedRefreshOfAKeyThatIsHeldBack_leavesItSo() {
        FailureCaching remembered = FailureCaching.cachedFor(Duration.ofSeconds(5));
        Instance a =
                instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)).failures(remembered));
        Instance c = instance(builder -> builder.failures(remembered));
        service.origin.fail();
        assertThat(service.failure(a.get("k"))).isNotNull();
        Held held = service.origin.hold();
        Call<String> full = a.get("other");
        held.awaitCalled();

        assertThat(service.failure(a.refresh("k"))).isInstanceOf(LoadRejectedException.class);

        service.until(() -> a.executed(Operation.RELEASE) == 2);
        assertThat(service.failure(c.get("k"))).isInstanceOf(CacheLoadException.class);
        assertThat(held.calls()).as("nobody asked the origin for it").isEqualTo(1);
        held.answer("v");
        assertThat(service.finish(full)).isEqualTo("v");
    }

    @Test
    void closedWhileItLoads_aReaderOfAnotherInstanceThatWaits_loads() {
        Instance a = instance(builder -> builder);
        Held held = service.origin.hang();
        Call<String> hanging = a.get("k");
        held.awaitCalled();
        Call<String> waiting = waiting();
        a.crema.close();
        assertTakesOver(waiting);
        assertThat(a.executed(Operation.RELEASE)).isEqualTo(1);
        held.answer("late");
        held.awaitEnded(1);
        assertThat(service.failure(hanging)).isInstanceOf(CacheException.class);
        service.settle();
        assertThat(instance(builder -> builder).look("k")).isEqualTo("b's");
        assertThat(a.executed(Operation.RELEASE)).as("once").isEqualTo(1);
    }

    @Test
    void closedWhileItRefreshes_aReaderOfAnotherInstanceThatWaits_loads() {
        Instance a = instance(builder -> builder);
        Held held = service.origin.hang();
        CompletableFuture<String> refresh = a.cache.refresh("k");
        held.awaitCalled();
        Call<String> waiting = waiting();
        a.crema.close();
        service.until(refresh::isDone);
        assertThat(refresh).isCompletedExceptionally();
        assertTakesOver(waiting);
    }

    @Test
    void closedAfterItsLoads_releasesNothing() {
        Instance a = instance(builder -> builder);
        service.origin.give("v");
        assertThat(a.load("k")).isEqualTo("v");
        a.crema.close();
        assertThat(a.executed(Operation.RELEASE)).isZero();
        assertThat(b.look("k")).isEqualTo("v");
    }

    @Test
    void closedWhileAFillIsUnderWay_theValueStays() {
        Instance a = instance(builder -> builder);
        RemoteGate replies = a.remote().holdReplies(Operation.FILL);
        service.origin.give("v");
        Call<String> call = a.get("k");
        replies.awaitHeld(1);
        a.crema.close();
        replies.open();
        assertThat(service.failure(call)).isInstanceOf(CacheException.class);
        assertThat(b.look("k")).isEqualTo("v");
    }

    @Test
    void closedWhileTheRemoteTierHangs_ends() {
        Instance a = instance(builder -> builder);
        Held held = service.origin.hang();
        Call<String> hanging = a.get("k");
        held.awaitCalled();
        a.remote().hang(Operation.RELEASE);
        a.crema.close();
        held.answer("late");
        assertThat(service.failure(hanging)).isInstanceOf(CacheException.class);
    }
}
