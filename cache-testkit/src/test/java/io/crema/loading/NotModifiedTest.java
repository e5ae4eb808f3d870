package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a loader is told of the value that it replaces, and the origin that says that it has not changed. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#withNear")
@Timeout(60)
class NotModifiedTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Setup setup;
    private final Service service;
    private final Instance cache;
    private final List<@Nullable CacheEntry<String>> previous = new CopyOnWriteArrayList<>();
    private final List<Long> versions = new CopyOnWriteArrayList<>();

    NotModifiedTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
        cache = service.instance(builder -> builder.staleOnError(StaleOnError.upTo(LIMIT)));
    }

    @AfterEach
    void close() {
        service.close();
    }

    /** Gives a value of version 7 at first; afterwards it is not modified. */
    private void giveOnceThenNotModified() {
        service.origin.set((key, context) -> {
            previous.add(context.previous());
            versions.add(context.previousVersion());
            if (context.previous() != null) {
                return context.notModified();
            }
            context.originVersion(7).tags("t");
            return "v1";
        });
    }

    @Test
    void firstLoad_hasNoPrevious() {
        giveOnceThenNotModified();
        cache.load("k");
        assertThat(previous).containsOnlyNulls().hasSize(1);
        assertThat(versions).containsExactly(0L);
    }

    @Test
    void loadOfAStaleValue_isToldOfIt_withItsVersion() {
        giveOnceThenNotModified();
        cache.load("k");
        service.passFreshness();
        cache.load("k");
        assertThat(previous).hasSize(2);
        CacheEntry<String> before = previous.get(1);
        assertThat(before).isNotNull();
        assertThat(before.value()).isEqualTo("v1");
        assertThat(before.isStale()).isTrue();
        assertThat(versions).containsExactly(0L, 7L);
    }

    @Test
    void notModified_valueIsFreshAnew() {
        giveOnceThenNotModified();
        cache.load("k");
        service.passFreshness();
        assertThat(cache.load("k")).isEqualTo("v1");
        CacheEntry<String> entry = cache.known("k");
        assertThat(entry.isStale()).isFalse();
        assertThat(entry.age()).isLessThan(MARGIN);
        service.pass(FRESH.minus(MARGIN.multipliedBy(2)));
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(MARGIN.multipliedBy(3));
        cache.load("k");
        assertThat(versions).containsExactly(0L, 7L, 7L);
    }

    @Test
    void notModified_keepsTheTags() {
        giveOnceThenNotModified();
        cache.load("k");
        service.passFreshness();
        cache.load("k");
        cache.invalidateTag("t");
        assertThat(cache.look("k")).isNull();
        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void notModified_countsTheLimitOfTheReserveAnew() {
        giveOnceThenNotModified();
        cache.load("k");
        service.pass(LIMIT.minusSeconds(20));
        cache.load("k");
        service.pass(LIMIT.minusSeconds(20));
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        service.pass(Duration.ofSeconds(20).plus(MARGIN));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void notModified_withATimeToLive_takesThat() {
        cache.put("k", "v1");
        service.passFreshness();
        service.origin.set((key, context) -> {
            context.timeToLive(FRESH.multipliedBy(3));
            return context.notModified();
        });
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").freshFor()).isGreaterThan(FRESH.multipliedBy(2));
    }

    @Test
    void notModified_withoutAPrevious_isAClearError() {
        service.origin.set((key, context) -> context.notModified());
        assertThat(service.failure(cache.get("k")))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("previous()");
    }

    @Test
    void invalidated_isNeverPrevious() {
        giveOnceThenNotModified();
        cache.load("k");
        cache.invalidate("k");
        cache.load("k");
        assertThat(previous).hasSize(2).containsOnlyNulls();
    }

    @Test
    void invalidatedByTag_isNeverPrevious() {
        giveOnceThenNotModified();
        cache.load("k");
        cache.invalidateTag("t");
        cache.load("k");
        assertThat(previous).hasSize(2).containsOnlyNulls();
    }

    @Test
    void expiredByCall_isPrevious_withoutItsVersion() {
        giveOnceThenNotModified();
        cache.load("k");
        cache.expire("k");
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(previous).hasSize(2).last().isNotNull();
        assertThat(versions).containsExactly(0L, 0L);
    }

    @Test
    void refresh_isToldOfTheFreshValue() {
        giveOnceThenNotModified();
        cache.load("k");
        service.pass(FRESH.dividedBy(2));
        assertThat(service.finish(cache.refresh("k"))).isEqualTo("v1");
        assertThat(versions).containsExactly(0L, 7L);
        assertThat(cache.known("k").freshFor()).isGreaterThan(FRESH.minus(MARGIN));
    }

    @Test
    void refreshAhead_andStaleWhileRevalidate_areToldOfTheValue() {
        Instance behind = service.instance(builder ->
                builder.refreshAhead(RefreshAhead.at(0.5)).staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        giveOnceThenNotModified();
        behind.load("k");
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        behind.load("k");
        service.until(() -> behind.known("k").age().compareTo(MARGIN) < 0);
        service.passFreshness();
        behind.load("k");
        service.until(() -> behind.known("k").age().compareTo(MARGIN) < 0);
        assertThat(versions).containsExactly(0L, 7L, 7L);
    }

    @Test
    void softTimeout_notModifiedBehind_isFreshAnew() {
        Instance soft = service.instance(builder ->
                builder.staleOnError(StaleOnError.upTo(LIMIT)).loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100))));
        soft.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            String unused = held.load();
            return context.notModified();
        });
        assertThat(service.finish(soft.get("k"))).isEqualTo("v1");
        held.answer("go on");
        service.until(() -> !soft.known("k").isStale());
        assertThat(soft.load("k")).isEqualTo("v1");
    }

    @Test
    void cachedNull_canBeNotModified() {
        Instance nulls = service.instance(
                builder -> builder.nulls(NullCaching.cachedFor(FRESH)).staleOnError(StaleOnError.upTo(LIMIT)));
        nulls.put("none", null);
        service.passFreshness();
        service.origin.set((key, context) -> {
            assertThat(context.previous()).isNotNull();
            return context.notModified();
        });
        assertThat(nulls.load("none")).isNull();
        assertThat(nulls.known("none").isStale()).isFalse();
    }

    @Test
    void invalidationDuringTheLoad_notModifiedIsNotKept() {
        cache.put("k", "v1");
        service.passFreshness();
        service.origin.set((key, context) -> {
            cache.cache.invalidate(key);
            return context.notModified();
        });
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void remoteTier_isNotSentThePayloadAgain_andOtherInstancesSeeTheFreshness() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance other = service.instance(builder -> builder.staleOnError(StaleOnError.upTo(LIMIT)));
        giveOnceThenNotModified();
        cache.load("k");
        other.load("k");
        service.passFreshness();
        cache.load("k");
        assertThat(service.server.executed(Operation.RENEW)).isEqualTo(1);
        assertThat(service.server.executed(Operation.FILL)).isEqualTo(1);
        assertThat(other.load("k")).isEqualTo("v1");
        assertThat(other.known("k").isStale()).isFalse();
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void remoteTier_hasLostTheValue_getsItAgain() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance other = service.instance(builder -> builder.staleOnError(StaleOnError.upTo(LIMIT)));
        cache.put("k", "v1", EntryOptions.defaults().originVersion(7));
        service.passFreshness();
        service.loseRecord("k");
        service.origin.set((key, context) -> context.previous() == null ? "v1" : context.notModified());
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(other.look("k")).isEqualTo("v1");
    }
}
