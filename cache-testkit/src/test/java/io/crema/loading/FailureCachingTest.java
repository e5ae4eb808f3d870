package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheLoadException;
import io.crema.EntryOptions;
import io.crema.policy.FailureCaching;
import io.crema.policy.NullCaching;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The failure of a load is remembered for a short time, in all instances. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class FailureCachingTest {

    private static final Duration TIME = Duration.ofSeconds(1);
    private static final FailureCaching POLICY = FailureCaching.cachedFor(TIME);

    private final Setup setup;
    private final Service service;
    private final Instance cache;

    FailureCachingTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
        cache = service.instance(builder -> builder.failures(POLICY));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void failed(String key) {
        service.origin.fail();
        assertThat(service.failure(cache.get(key))).isSameAs(DOWN);
    }

    @Test
    void get_afterAFailure_throwsItAgain_withoutALoad() {
        failed("k");
        for (int i = 0; i < 4; i++) {
            service.pass(TIME.minus(MARGIN).dividedBy(4));
            assertThat(cache.get("k").failure()).isSameAs(DOWN);
        }
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void get_checkedFailure_isRememberedAsItWasThrown() {
        IOException checked = new IOException("gone");
        service.origin.fail(checked);
        assertThat(service.failure(cache.get("k"))).isInstanceOf(CacheLoadException.class);
        assertThat(cache.get("k").failure())
                .isInstanceOf(CacheLoadException.class)
                .hasCause(checked);
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void get_whenTheTimeIsOver_loads() {
        failed("k");
        service.pass(TIME.plus(MARGIN));
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void get_ofAnotherKey_isNotConcerned() {
        failed("k");
        service.origin.give("v");
        assertThat(cache.load("other")).isEqualTo("v");
    }

    @Test
    void lookUps_ofAKeyWhoseFailureIsRemembered_findNothing() {
        failed("k");
        assertThat(cache.look("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.lookAll("k")).isEmpty();
    }

    @Test
    void invalidate_endsIt() {
        failed("k");
        cache.invalidate("k");
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void clear_endsIt() {
        failed("k");
        cache.clear();
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void put_endsIt() {
        failed("k");
        cache.put("k", "put");
        assertThat(cache.load("k")).isEqualTo("put");
        cache.invalidate("k");
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void refresh_asksTheOriginAllTheSame_andItsValueEndsIt() {
        failed("k");
        service.origin.give("v");
        assertThat(service.finish(cache.refresh("k"))).isEqualTo("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void getAll_withAKeyWhoseFailureIsRemembered_throwsIt() {
        failed("k");
        service.origin.give("v");
        assertThat(service.failure(cache.getAll("a", "k"))).isSameAs(DOWN);
        assertThat(service.origin.calls()).isLessThanOrEqualTo(2);
    }

    @Test
    void get_withAReserve_givesIt_andTheFailureIsNoAnswer() {
        Instance both = service.instance(builder -> builder.failures(POLICY)
                .staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(TIME)));
        service.origin.give("v1");
        both.load("k");
        service.passFreshness();
        service.origin.fail();
        assertThat(both.load("k")).isEqualTo("v1");
        assertThat(both.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
        service.origin.give("v2");
        service.pass(TIME.plus(MARGIN));
        assertThat(both.load("k")).isEqualTo("v2");
    }

    @Test
    void get_whenTheReserveHasGone_throwsTheFailureThatIsRemembered() {
        Instance both = service.instance(builder -> builder.failures(POLICY)
                .staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(TIME)));
        service.origin.fail();
        assertThat(service.failure(both.get("k"))).isSameAs(DOWN);
        assertThat(both.get("k").failure()).isSameAs(DOWN);
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void refreshBehind_thatFails_makesNoReaderFail() {
        Instance both = service.instance(builder ->
                builder.failures(POLICY).staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5))));
        service.origin.give("v1");
        both.load("k");
        service.passFreshness();
        service.origin.fail();
        assertThat(both.load("k")).isEqualTo("v1");
        service.until(() -> both.stats().loadFailures() == 1);
        service.settle();
        assertThat(both.load("k")).isEqualTo("v1");
    }

    @Test
    void nullOfTheOrigin_isNoFailure() {
        Instance nulls = service.instance(
                builder -> builder.failures(POLICY).nulls(NullCaching.cachedFor(Duration.ofSeconds(5))));
        service.origin.give(null);
        assertThat(nulls.load("none")).isNull();
        service.origin.give("v");
        assertThat(nulls.load("none")).as("a null that is cached").isNull();
        assertThat(cache.look("other")).isNull();
    }

    @Test
    void nullThatIsNotCached_isNotRemembered() {
        service.origin.give(null);
        assertThat(cache.load("k")).isNull();
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
    }

    @Test
    void get_inAnotherInstance_failsAtOnceToo_untilTheKeyIsInvalidated() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance other = service.instance(builder -> builder.failures(POLICY));
        failed("k");
        assertThat(other.get("k").failure())
                .isInstanceOf(CacheLoadException.class)
                .hasMessageContaining("another instance");
        assertThat(service.origin.calls()).isEqualTo(1);
        other.invalidate("k");
        service.origin.give("v");
        assertThat(cache.load("k")).isEqualTo("v");
        assertThat(other.load("k")).isEqualTo("v");
    }

    @Test
    void put_byAnotherInstance_endsIt() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance other = service.instance(builder -> builder.failures(POLICY));
        failed("k");
        other.put("k", "put", EntryOptions.defaults());
        assertThat(cache.load("k")).isEqualTo("put");
    }

    @Test
    void get_remoteTierAway_remembersForItself() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        cache.remote().goOffline();
        service.origin.fail();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
        assertThat(service.origin.calls()).isEqualTo(1);
    }
}
