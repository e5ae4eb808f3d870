package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheEntry;
import io.crema.CacheLoadException;
import io.crema.EntryOptions;
import io.crema.policy.Backoff;
import io.crema.policy.NullCaching;
import io.crema.policy.StaleOnError;
import io.crema.scenario.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that is stale is served when the origin fails, for a limited time, and the origin is asked now and then. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class StaleOnErrorTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(4));

    private final Service service;
    private final Instance cache;

    StaleOnErrorTest(Setup setup) {
        service = new Service(setup);
        cache = service.instance(
                builder -> builder.staleOnError(StaleOnError.upTo(LIMIT).retry(RETRY)));
    }

    @AfterEach
    void close() {
        service.close();
    }

    /** A value that has just become stale, of an origin that fails from now on. */
    private void staleWhileDown(String key) {
        service.origin.give("v1");
        assertThat(cache.load(key)).isEqualTo("v1");
        service.passFreshness();
        service.origin.fail();
    }

    @Test
    void get_loadFails_givesTheReserve_markedAsStale() {
        staleWhileDown("k");
        assertThat(cache.load("k")).isEqualTo("v1");
        CacheEntry<String> entry = cache.known("k");
        assertThat(entry.value()).isEqualTo("v1");
        assertThat(entry.isStale()).isTrue();
        assertThat(entry.age()).isBetween(FRESH, FRESH.plusSeconds(1));
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isEqualTo(1);
    }

    @Test
    void get_loadSucceeds_givesTheNewValue() {
        staleWhileDown("k");
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
        assertThat(cache.known("k").isStale()).isFalse();
        assertThat(cache.stats().staleServed()).isZero();
    }

    @Test
    void get_checkedFailure_givesTheReserve() {
        staleWhileDown("k");
        service.origin.fail(new IOException("gone"));
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    /** Something is wrong with this process, not with the origin. */
    @Test
    void get_error_isThrownAsItIs_andOthersGetTheReserve() {
        staleWhileDown("k");
        Error error = new StackOverflowError("deep");
        service.origin.set((key, context) -> {
            throw error;
        });
        assertThat(service.failure(cache.get("k"))).isSameAs(error);
        service.origin.fail();
        service.pass(RETRY.longest().plus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void get_withoutAReserve_throwsTheFailure_eachTime() {
        service.origin.fail();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
        service.origin.fail(new IOException("gone"));
        assertThat(service.failure(cache.get("k"))).isInstanceOf(CacheLoadException.class);
        service.origin.give("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
    }

    @Test
    void get_whileTheOriginIsDown_asksItOncePerStep_whichDoubles_upToTheLongest() {
        staleWhileDown("k");
        for (long wait : new long[] {1, 2, 4, 4}) {
            int before = service.origin.calls();
            assertThat(cache.load("k")).isEqualTo("v1");
            assertThat(service.origin.calls()).isEqualTo(before + 1);
            for (int i = 0; i < 4; i++) {
                service.pass(Duration.ofSeconds(wait).minus(MARGIN).dividedBy(4));
                assertThat(cache.load("k")).isEqualTo("v1");
            }
            assertThat(service.origin.calls())
                    .as("within %s s after a failure", wait)
                    .isEqualTo(before + 1);
            service.pass(MARGIN.multipliedBy(2));
        }
    }

    @Test
    void get_afterASuccess_countsFailuresFromTheBeginning() {
        staleWhileDown("k");
        cache.load("k");
        service.pass(RETRY.first().plus(MARGIN));
        cache.load("k");
        service.pass(RETRY.first().multipliedBy(2).plus(MARGIN));
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");

        service.passFreshness();
        service.origin.fail();
        int before = service.origin.calls();
        assertThat(cache.load("k")).isEqualTo("v2");
        service.pass(RETRY.first().plus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v2");
        assertThat(service.origin.calls()).isEqualTo(before + 2);
    }

    @Test
    void get_byManyCallers_sharesTheFailedLoad_andEachGetsTheReserve() {
        staleWhileDown("k");
        Held held = service.origin.hold();
        List<Call<String>> calls = new ArrayList<>();
        calls.add(cache.get("k"));
        held.awaitCalled();
        Stream.generate(() -> cache.get("k")).limit(5).forEach(calls::add);
        calls.forEach(Call::awaitWaiting);
        held.fail(DOWN);
        assertThat(calls).extracting(Call::await).containsOnly("v1");
        assertThat(held.calls()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isEqualTo(6);
    }

    @Test
    void get_reserveOlderThanTheLimit_throws_howeverOftenItWasServed() {
        staleWhileDown("k");
        Duration sinceLoad = FRESH.plus(MARGIN);
        while (sinceLoad.compareTo(LIMIT.minusSeconds(5)) < 0) {
            assertThat(cache.load("k")).isEqualTo("v1");
            service.pass(Duration.ofSeconds(1));
            sinceLoad = sinceLoad.plusSeconds(1);
        }
        service.pass(LIMIT.minus(sinceLoad).plus(MARGIN));
        assertThat(cache.entry("k")).isNull();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void get_valueThatWasPut_isAReserve_forTheLimitSinceThen() {
        cache.put("k", "put");
        service.passFreshness();
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("put");
        service.pass(LIMIT.minus(FRESH));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void get_valueFreshForLongerThanTheLimit_isFreshToItsEnd_andNoReserveAfterIt() {
        cache.put("k", "put", EntryOptions.defaults().timeToLive(LIMIT.multipliedBy(2)));
        service.origin.fail();
        service.pass(LIMIT.multipliedBy(2).minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("put");
        assertThat(service.origin.calls()).isZero();
        service.pass(MARGIN.multipliedBy(2));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void lookUps_giveNoReserve_butEntryShowsIt() {
        staleWhileDown("k");
        assertThat(cache.look("k")).isNull();
        assertThat(cache.lookAll("k")).isEmpty();
        assertThat(cache.known("k").value()).isEqualTo("v1");
        assertThat(cache.known("k").freshFor()).isZero();
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void invalidate_leavesNoReserve_andEndsTheHoldBack() {
        staleWhileDown("k");
        cache.load("k");
        cache.invalidate("k");
        assertThat(cache.entry("k")).isNull();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);

        staleWhileDown("other");
        cache.load("other");
        cache.invalidate("other");
        service.origin.give("v2");
        assertThat(cache.load("other")).isEqualTo("v2");
    }

    @Test
    void clear_leavesNoReserve() {
        staleWhileDown("k");
        cache.clear();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void expire_keepsTheReserve_andEndsTheHoldBack() {
        staleWhileDown("k");
        cache.load("k");
        cache.expire("k");
        int before = service.origin.calls();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(before + 1);
        cache.expire("k");
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
    }

    @Test
    void expire_ofAFreshValue_makesItTheReserve() {
        service.origin.give("v1");
        cache.load("k");
        cache.expire("k");
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
    }

    @Test
    void put_whileHeldBack_isServedAtOnce() {
        staleWhileDown("k");
        cache.load("k");
        cache.put("k", "put");
        assertThat(cache.load("k")).isEqualTo("put");
        assertThat(cache.known("k").isStale()).isFalse();
    }

    @Test
    void refresh_failure_reachesTheCaller_andTheValueStays() {
        service.origin.give("v1");
        cache.load("k");
        service.origin.fail();
        assertThat(service.failure(cache.refresh("k"))).isSameAs(DOWN);
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isFalse();
    }

    @Test
    void get_cachedNullThatIsStale_isAReserveToo() {
        Instance nulls = service.instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH))
                .staleOnError(StaleOnError.upTo(LIMIT).retry(RETRY)));
        service.origin.give(null);
        assertThat(nulls.load("none")).isNull();
        service.passFreshness();
        service.origin.fail();
        assertThat(nulls.load("none")).isNull();
        assertThat(service.origin.calls()).isEqualTo(2);
        assertThat(nulls.known("none").isStale()).isTrue();
    }

    @Test
    void get_nullFromTheOrigin_isNoFailure_andEndsTheReserve() {
        staleWhileDown("k");
        service.origin.give(null);
        assertThat(cache.load("k")).isNull();
        service.origin.fail();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void get_withALoaderOfTheCall_failsOverLikewise() {
        staleWhileDown("k");
        assertThat(cache.get("k", key -> {
                            throw new IOException("gone");
                        })
                        .await())
                .isEqualTo("v1");
        assertThat(cache.get("k", key -> "v2").await()).as("held back").isEqualTo("v1");
    }
}
