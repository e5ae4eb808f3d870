package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheEntry;
import io.crema.CacheStats;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.Tier;
import io.crema.policy.Expiration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What each operation does to one key after the other, whatever tiers there are and whichever way it is called. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class OperationsTest {

    private final Setting setting;
    private final CacheFixture fixture;

    OperationsTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tier ownTier() {
        return setting.tiers().hasNear() ? Tier.NEAR : Tier.REMOTE;
    }

    @Test
    void name_ofCache_isAsBuilt() {
        Calls cache = fixture.open();
        assertThat(cache.name()).isEqualTo("texts");
        assertThat(cache.cache().name()).isEqualTo("texts");
        assertThat(cache.cache()).hasToString("TieredCache[texts, BOUNDED]");
        assertThat(cache.cache().async()).hasToString("AsyncTieredCache[texts, BOUNDED]");
    }

    @Test
    void getIfPresent_ofAbsentKey_isNull() {
        Calls cache = fixture.open();
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.stats().misses()).isEqualTo(2);
    }

    @Test
    void get_ofAbsentKey_loadsOnce() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> key + loads.incrementAndGet());
        assertThat(cache.get("k")).isEqualTo("k1");
        assertThat(cache.get("k")).isEqualTo("k1");
        assertThat(cache.getIfPresent("k")).isEqualTo("k1");
        assertThat(cache.get("k", key -> "other")).isEqualTo("k1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void get_withLoaderOfItsOwn_usesThatOne() {
        Calls cache = fixture.open();
        assertThat(cache.get("k", key -> key + "!")).isEqualTo("k!");
        assertThat(cache.get("k")).isEqualTo("k!");
    }

    @Test
    void entry_ofLoadedValue_saysTierAgeAndFreshness() {
        Calls cache = fixture.open(
                fixture.instance(), builder -> builder.expiration(Expiration.fresh(Duration.ofMinutes(5))), key -> "v");
        cache.get("k");
        fixture.pass(Duration.ofMinutes(2));
        CacheEntry<String> entry = cache.entry("k");
        assertThat(entry.value()).isEqualTo("v");
        assertThat(entry.tier()).isEqualTo(ownTier());
        assertThat(entry.age()).isEqualTo(Duration.ofMinutes(2));
        assertThat(entry.freshFor()).isEqualTo(Duration.ofMinutes(3));
        assertThat(entry.isStale()).isFalse();
    }

    @Test
    void put_ofNewAndOldKey_isRead() {
        Calls cache = fixture.open();
        cache.put("k", "v1");
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
        assertThat(cache.entry("k").tier()).isEqualTo(ownTier());
        cache.put("k", "v2");
        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void put_afterLoad_replacesIt() {
        Calls cache = fixture.loading(key -> "loaded");
        cache.get("k");
        cache.put("k", "put");
        assertThat(cache.get("k")).isEqualTo("put");
    }

    @Test
    void putIfAbsent_decidesByWhatIsThere() {
        Calls cache = fixture.open();
        assertThat(cache.putIfAbsent("k", "v1")).isTrue();
        assertThat(cache.putIfAbsent("k", "v2")).isFalse();
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
        cache.invalidate("k");
        assertThat(cache.putIfAbsent("k", "v3")).isTrue();
        assertThat(cache.getIfPresent("k")).isEqualTo("v3");
    }

    @Test
    void putIfAbsent_afterFreshness_stores() {
        Calls cache = fixture.open(builder -> builder.expiration(Expiration.fresh(Duration.ofMinutes(1))));
        cache.put("k", "v1");
        fixture.pass(Duration.ofSeconds(61));
        assertThat(cache.putIfAbsent("k", "v2")).isTrue();
        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void putAll_storesEach() {
        Calls cache = fixture.open();
        cache.putAll(Map.of("a", "1", "b", "2"));
        assertThat(cache.getAllPresent(List.of("a", "b", "c"))).isEqualTo(Map.of("a", "1", "b", "2"));
        cache.putAll(Map.of());
    }

    @Test
    void invalidate_removesOneKey() {
        Calls cache = fixture.open();
        cache.putAll(Map.of("a", "1", "b", "2"));
        cache.invalidate("a");
        cache.invalidate("unknown");
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.getIfPresent("b")).isEqualTo("2");
    }

    @Test
    void invalidateIfPresent_saysWhetherThereWasAValue() {
        Calls cache = fixture.open(builder -> builder.expiration(Expiration.fresh(Duration.ofMinutes(1))));
        cache.put("a", "1");
        assertThat(cache.invalidateIfPresent("a")).isTrue();
        assertThat(cache.invalidateIfPresent("a")).isFalse();
        cache.put("a", "2");
        fixture.pass(Duration.ofSeconds(61));
        assertThat(cache.invalidateIfPresent("a")).isFalse();
    }

    @Test
    void invalidateAll_removesTheseKeys() {
        Calls cache = fixture.open();
        cache.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        cache.invalidateAll(List.of("a", "c", "a", "unknown"));
        assertThat(cache.getAllPresent(List.of("a", "b", "c"))).isEqualTo(Map.of("b", "2"));
        cache.invalidateAll(List.of());
        assertThat(cache.getIfPresent("b")).isEqualTo("2");
    }

    @Test
    void clear_removesAll_andTheCacheGoesOn() {
        Calls cache = fixture.loading(key -> "loaded");
        cache.putAll(Map.of("a", "1", "b", "2"));
        cache.clear();
        assertThat(cache.getAllPresent(List.of("a", "b"))).isEmpty();
        assertThat(cache.get("a")).isEqualTo("loaded");
        assertThat(cache.getIfPresent("a")).isEqualTo("loaded");
        cache.put("b", "3");
        assertThat(cache.getIfPresent("b")).isEqualTo("3");
    }

    @Test
    void refresh_loadsAnew_andServesTheNewValue() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> "v" + loads.incrementAndGet());
        assertThat(cache.get("k")).isEqualTo("v1");
        assertThat(cache.refresh("k")).isEqualTo("v2");
        assertThat(cache.get("k")).isEqualTo("v2");
        assertThat(cache.refresh("absent")).isEqualTo("v3");
        assertThat(cache.getIfPresent("absent")).isEqualTo("v3");
    }

    @Test
    void reading_latest_findsWhatIsThereAndLoadsOnlyWhatIsNot() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> "v" + loads.incrementAndGet());
        Calls latest = cache.reading(ReadConsistency.LATEST);
        assertThat(latest.get("k")).isEqualTo("v1");
        assertThat(latest.get("k")).isEqualTo("v1");
        assertThat(latest.getIfPresent("k")).isEqualTo("v1");
        assertThat(latest.entry("k").value()).isEqualTo("v1");
        assertThat(latest.getAll(List.of("k"))).isEqualTo(Map.of("k", "v1"));
        assertThat(latest.getAllPresent(List.of("k", "l"))).isEqualTo(Map.of("k", "v1"));
        assertThat(cache.get("k")).isEqualTo("v1");
        assertThat(latest.reading(ReadConsistency.BOUNDED).get("k")).isEqualTo("v1");
        latest.put("k", "put");
        assertThat(latest.get("k")).isEqualTo("put");
        assertThat(loads).hasValue(1);
    }

    @Test
    void stats_afterReads_countEachByWhoServedIt() {
        Calls cache = fixture.loading(key -> {
            fixture.pass(Duration.ofSeconds(3));
            return "v";
        });
        cache.getIfPresent("k");
        cache.get("k");
        cache.get("k");
        cache.getIfPresent("k");
        CacheStats stats = cache.stats();
        boolean near = setting.tiers().hasNear();
        assertThat(stats.misses()).isEqualTo(2);
        assertThat(stats.nearHits()).isEqualTo(near ? 2 : 0);
        assertThat(stats.remoteHits()).isEqualTo(near ? 0 : 2);
        assertThat(stats.reads()).isEqualTo(4);
        assertThat(stats.loads()).isEqualTo(1);
        assertThat(stats.loadFailures()).isZero();
        assertThat(stats.loadTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(stats.nearSize()).isEqualTo(near ? 1 : 0);
        assertThat(stats.nearEvictions()).isZero();
        assertThat(stats.fillsRefused()).isZero();
        assertThat(stats.undecodable()).isZero();
        assertThat(stats.remoteFailures()).isZero();
    }

    @Test
    void find_ofBuiltCache_givesTheSame() {
        CacheFixture.Instance instance = fixture.instance();
        LoadingTieredCache<String, String> cache = fixture.open(instance).cache();
        assertThat(instance.crema().<String, String>find("texts").orElseThrow()).isSameAs(cache);
        assertThat(instance.crema().find("other")).isEmpty();
        assertThat(instance.crema().cacheNames()).containsExactly("texts");
    }
}
