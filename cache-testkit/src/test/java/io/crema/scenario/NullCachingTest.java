package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheBuilder;
import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.policy.NullCaching;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Nulls, cached and not cached. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class NullCachingTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final AtomicInteger loads = new AtomicInteger();

    NullCachingTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static CacheBuilder<String, String> cachingNulls(CacheBuilder<String, String> builder) {
        return builder.nulls(NullCaching.cachedFor(Duration.ofSeconds(30)));
    }

    private Calls caching() {
        return fixture.open(fixture.instance(), NullCachingTest::cachingNulls, key -> {
            loads.incrementAndGet();
            return null;
        });
    }

    private Calls notCaching() {
        return fixture.loading(key -> {
            loads.incrementAndGet();
            return null;
        });
    }

    @Test
    void get_ofNull_notCached_isLoadedEachTime() {
        Calls cache = notCaching();
        assertThat(cache.get("k")).isNull();
        assertThat(cache.get("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(loads).hasValue(2);
    }

    @Test
    void get_ofNull_cached_isLoadedOnceUntilItsTimeIsOver() {
        Calls cache = caching();
        assertThat(cache.get("k")).isNull();
        assertThat(cache.get("k")).isNull();
        assertThat(loads).hasValue(1);
        CacheEntry<String> entry = cache.entry("k");
        assertThat(entry).isNotNull();
        assertThat(entry.value()).isNull();
        assertThat(entry.freshFor()).isEqualTo(Duration.ofSeconds(30));
        fixture.pass(Duration.ofSeconds(31));
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.get("k")).isNull();
        assertThat(loads).hasValue(2);
    }

    @Test
    void getIfPresent_ofCachedNull_isNull_andCountsAsAHit() {
        Calls cache = caching();
        cache.put("k", null);
        assertThat(cache.getIfPresent("k")).isNull();
        boolean near = setting.tiers().hasNear();
        assertThat(cache.stats().nearHits()).isEqualTo(near ? 1 : 0);
        assertThat(cache.stats().remoteHits()).isEqualTo(near ? 0 : 1);
    }

    @Test
    void getAll_ofCachedNulls_leavesThemOut_andDoesNotLoadThem() {
        Calls cache = caching();
        cache.put("n", null);
        Map<String, String> all = cache.getAll(List.of("n", "m"), keys -> {
            assertThat(keys).isEqualTo(Set.of("m"));
            return Map.of();
        });
        assertThat(all).isEmpty();
        assertThat(cache.getAll(List.of("n", "m"))).isEmpty();
        assertThat(cache.getAllPresent(List.of("n", "m"))).isEmpty();
        assertThat(loads).hasValue(0);
    }

    @Test
    void putIfAbsent_overCachedNull_isRefused() {
        Calls cache = caching();
        assertThat(cache.putIfAbsent("k", null)).isTrue();
        assertThat(cache.putIfAbsent("k", "v")).isFalse();
        assertThat(cache.invalidateIfPresent("k")).isTrue();
    }

    @Test
    void put_ofNullWithTimeToLive_livesThatLong() {
        Calls cache = caching();
        cache.put("k", null, EntryOptions.defaults().timeToLive(Duration.ofMinutes(2)));
        fixture.pass(Duration.ofSeconds(119));
        assertThat(cache.entry("k")).isNotNull();
        fixture.pass(Duration.ofSeconds(2));
        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void put_ofNull_notCached_isRefusedWithTheReason() {
        Calls cache = notCaching();
        cache.put("k", "v");
        String reason = "Cache 'texts': null cannot be put because nulls are not cached; set"
                + " nulls(NullCaching.cachedFor(..)), or invalidate the key";
        assertThatThrownBy(() -> cache.put("k", null))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(reason);
        assertThatThrownBy(() -> cache.put("k", null, EntryOptions.defaults().weight(1)))
                .hasMessage(reason);
        assertThatThrownBy(() -> cache.putIfAbsent("j", null)).hasMessage(reason);
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
    }

    @Test
    void putAll_withOneNull_notCached_storesTheOthersAndSaysWhy() {
        Calls cache = notCaching();
        LinkedHashMap<String, String> entries = new LinkedHashMap<>();
        entries.put("a", "1");
        entries.put("n", null);
        entries.put("b", "2");
        assertThatThrownBy(() -> cache.putAll(entries))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("null cannot be put");
        assertThat(cache.getAllPresent(List.of("a", "b", "n"))).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void refresh_thatGivesNull_notCached_removesTheOldValue() {
        Calls cache = notCaching();
        cache.put("k", "v");
        assertThat(cache.refresh("k")).isNull();
        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void refresh_thatGivesNull_cached_replacesTheOldValue() {
        Calls cache = caching();
        cache.put("k", "v");
        assertThat(cache.refresh("k")).isNull();
        assertThat(cache.entry("k").value()).isNull();
    }

    @Test
    void anyOperation_withNullKey_namesTheCache() {
        Calls cache = notCaching();
        List<String> nullInside = Arrays.asList("k", null);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> cache.getIfPresent(null),
                () -> cache.entry(null),
                () -> cache.get(null),
                () -> cache.get(null, key -> "v"),
                () -> cache.refresh(null),
                () -> cache.put(null, "v"),
                () -> cache.put(null, null),
                () -> cache.put(null, "v", EntryOptions.defaults()),
                () -> cache.putIfAbsent(null, "v"),
                () -> cache.putAll(Collections.singletonMap(null, "v")),
                () -> cache.invalidate(null),
                () -> cache.invalidateIfPresent(null),
                () -> cache.invalidateAll(nullInside),
                () -> cache.getAll(nullInside),
                () -> cache.getAll(nullInside, keys -> Map.of()),
                () -> cache.getAllPresent(nullInside))) {
            assertThatThrownBy(call)
                    .isExactlyInstanceOf(NullPointerException.class)
                    .hasMessage("Cache 'texts': a key is null");
        }
        assertThat(loads).hasValue(0);
    }

    @Test
    void asyncOperation_withNullKey_throwsAtOnce() {
        var async = notCaching().cache().async();
        List<String> nullInside = Arrays.asList("k", null);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> async.get(null),
                () -> async.getAsync(null, key -> null),
                () -> async.put(null, "v"),
                () -> async.putAll(Collections.singletonMap(null, "v")),
                () -> async.invalidateAll(nullInside),
                () -> async.getAll(nullInside),
                () -> async.getAll(nullInside, keys -> Map.of()),
                () -> async.getAllPresent(nullInside))) {
            assertThatThrownBy(call)
                    .isExactlyInstanceOf(NullPointerException.class)
                    .hasMessage("Cache 'texts': a key is null");
        }
    }

    @Test
    void anyOperation_withNullLoaderOrOptions_fails_alsoWhereTheValueIsThere() {
        Calls cache = notCaching();
        cache.put("k", "v");
        assertThatThrownBy(() -> cache.get("k", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loader");
        assertThatThrownBy(() -> cache.getAll(List.of("k"), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("loader");
        assertThatThrownBy(() -> cache.put("k", "v", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("options");
        assertThatThrownBy(() -> cache.reading(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("consistency");
    }
}
