package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.Tier;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.scenario.Setting.EntryPoint;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How long values live in which tier, and how much the near tier holds. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class ExpirationTest {

    private final Setting setting;
    private final CacheFixture fixture;

    ExpirationTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void get_afterFreshness_loadsAnew() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.open(
                fixture.instance(),
                builder -> builder.expiration(Expiration.fresh(Duration.ofSeconds(10))),
                key -> "v" + loads.incrementAndGet());
        assertThat(cache.get("k")).isEqualTo("v1");
        fixture.pass(Duration.ofMillis(9_990));
        assertThat(cache.get("k")).isEqualTo("v1");
        fixture.pass(Duration.ofMillis(20));
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void put_withTimeToLive_overridesTheCaches() {
        Calls cache = fixture.open(builder -> builder.expiration(Expiration.fresh(Duration.ofMinutes(1))));
        cache.put("short", "v", EntryOptions.defaults().timeToLive(Duration.ofSeconds(5)));
        cache.put("long", "v", EntryOptions.defaults().timeToLive(Duration.ofMinutes(5)));
        assertThat(cache.entry("short").freshFor()).isEqualTo(Duration.ofSeconds(5));
        fixture.pass(Duration.ofSeconds(6));
        assertThat(cache.getIfPresent("short")).isNull();
        fixture.pass(Duration.ofMinutes(2));
        assertThat(cache.getIfPresent("long")).isEqualTo("v");
    }

    @Test
    void freshness_withJitter_isShortenedByUpToItsShare() {
        Calls cache = fixture.open(builder ->
                builder.expiration(Expiration.fresh(Duration.ofSeconds(100)).jitter(0.2)));
        Set<Duration> different = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            cache.put("k" + i, "v");
            Duration freshFor = cache.entry("k" + i).freshFor();
            assertThat(freshFor).isBetween(Duration.ofMillis(79_999), Duration.ofSeconds(100));
            different.add(freshFor);
        }
        assertThat(different).hasSizeGreaterThan(10);
    }

    @Test
    void freshness_withJitterAndTimeToLive_isTheTimeToLive() {
        Calls cache = fixture.open(builder ->
                builder.expiration(Expiration.fresh(Duration.ofSeconds(100)).jitter(0.5)));
        cache.put("k", "v", EntryOptions.defaults().timeToLive(Duration.ofSeconds(60)));
        assertThat(cache.entry("k").freshFor()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void entry_afterNearTimeToLive_comesFromRemote_withItsAge() {
        Assumptions.assumeTrue(setting.tiers() == Tiers.BOTH);
        Calls cache = fixture.open(builder -> builder.near(Near.entries(10).expireAfter(Duration.ofSeconds(10))));
        cache.put("k", "v");
        fixture.pass(Duration.ofSeconds(9));
        assertThat(cache.entry("k").tier()).isEqualTo(Tier.NEAR);
        fixture.pass(Duration.ofSeconds(2));
        CacheEntry<String> entry = cache.entry("k");
        assertThat(entry.tier()).isEqualTo(Tier.REMOTE);
        assertThat(entry.age()).isEqualTo(Duration.ofSeconds(11));
        assertThat(entry.freshFor()).isEqualTo(Duration.ofSeconds(589));
        assertThat(cache.entry("k").tier()).isEqualTo(Tier.NEAR);
    }

    @Test
    void value_afterNearTimeToLive_withoutRemote_isGone() {
        Assumptions.assumeTrue(setting.tiers() == Tiers.NEAR);
        Calls cache = fixture.open(builder -> builder.near(Near.entries(10).expireAfter(Duration.ofSeconds(10))));
        cache.put("k", "v");
        fixture.pass(Duration.ofSeconds(11));
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void nearTimeToLive_notSet_isTenMinutesOverARemoteTierElseTheFreshness() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder -> builder.expiration(Expiration.fresh(Duration.ofHours(2))));
        cache.put("k", "v");
        cache.put("longer", "v", EntryOptions.defaults().timeToLive(Duration.ofHours(3)));
        fixture.pass(Duration.ofMinutes(11));
        assertThat(cache.entry("k").tier()).isEqualTo(setting.tiers().hasRemote() ? Tier.REMOTE : Tier.NEAR);
        fixture.pass(Duration.ofMinutes(110));
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.getIfPresent("longer")).isEqualTo("v");
    }

    @Test
    void age_onAnotherInstance_doesNotStartAgain() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Calls writer = fixture.open();
        Calls reader = fixture.open();
        writer.put("k", "v");
        fixture.pass(Duration.ofSeconds(100));
        CacheEntry<String> first = reader.entry("k");
        assertThat(first.tier()).isEqualTo(Tier.REMOTE);
        assertThat(first.age()).isEqualTo(Duration.ofSeconds(100));
        fixture.pass(Duration.ofSeconds(1));
        CacheEntry<String> second = reader.entry("k");
        assertThat(second.tier()).isEqualTo(setting.tiers().hasNear() ? Tier.NEAR : Tier.REMOTE);
        assertThat(second.age()).isEqualTo(Duration.ofSeconds(101));
        assertThat(second.freshFor()).isEqualTo(Duration.ofSeconds(499));
        fixture.pass(Duration.ofSeconds(500));
        assertThat(reader.getIfPresent("k")).isNull();
    }

    @Test
    void entry_unreadForItsIdleTime_leavesTheNearTier() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder -> builder.near(Near.entries(10).expireAfterIdle(Duration.ofSeconds(10))));
        cache.put("read", "v");
        cache.put("idle", "v");
        fixture.pass(Duration.ofSeconds(6));
        assertThat(cache.entry("read").tier()).isEqualTo(Tier.NEAR);
        fixture.pass(Duration.ofSeconds(6));
        assertThat(cache.entry("read").tier()).isEqualTo(Tier.NEAR);
        CacheEntry<String> idle = cache.entry("idle");
        if (setting.tiers().hasRemote()) {
            assertThat(idle.tier()).isEqualTo(Tier.REMOTE);
        } else {
            assertThat(idle).isNull();
        }
    }

    @Test
    void near_overItsEntries_evictsAndCounts() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder -> builder.near(Near.entries(5)));
        for (int i = 0; i < 50; i++) {
            cache.put("k" + i, "v");
        }
        Waiting.until(() -> cache.stats().nearSize() <= 5, () -> cache.put("one", "more"));
        assertThat(cache.stats().nearEvictions()).isGreaterThanOrEqualTo(45);
    }

    @Test
    void near_overItsWeight_evicts_andAnEntryTooHeavyIsNotKept() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder ->
                builder.near(Near.<String, String>weight(100, (key, value) -> key.length() + value.length())));
        cache.put("a", "x".repeat(50));
        cache.put("b", "x".repeat(500));
        cache.put("c", "x", EntryOptions.defaults().weight(500));
        cache.put("d", "x".repeat(500), EntryOptions.defaults().weight(1));
        // Maintenance waits for the tick.
        Waiting.until(() -> cache.stats().nearEvictions() == 2, () -> fixture.pass(Duration.ofMillis(5)));
        assertThat(cache.stats().nearSize()).isEqualTo(2);
        assertThat(cache.entry("a").tier()).isEqualTo(Tier.NEAR);
        assertThat(cache.entry("d").tier()).isEqualTo(Tier.NEAR);
        if (setting.tiers() == Tiers.NEAR) {
            assertThat(cache.entry("b")).isNull();
        } else {
            assertThat(cache.entry("b").tier()).isEqualTo(Tier.REMOTE);
        }
    }

    @Test
    void weigher_thatGivesNegative_isNamed_andNothingIsStored() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(
                fixture.instance(),
                builder -> builder.near(Near.<String, String>weight(100, (key, value) -> -7)),
                key -> "v");
        String reason = "Cache 'texts': the weigher gave -7 for a key of type java.lang.String; a weight must not be"
                + " negative";
        assertThatThrownBy(() -> cache.put("k", "v"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(reason);
        assertThatThrownBy(() -> cache.get("k")).isExactlyInstanceOf(CacheException.class);
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void weigher_thatThrows_endsTheCallWithThat() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        NullPointerException odd = new NullPointerException("odd weigher");
        Calls cache = fixture.open(
                fixture.instance(),
                builder -> builder.near(Near.<String, String>weight(100, (key, value) -> {
                    throw odd;
                })),
                key -> "v");
        assertThatThrownBy(() -> cache.put("k", "v")).isSameAs(odd);
        assertThatThrownBy(() -> cache.get("k")).isSameAs(odd);
        assertThatThrownBy(() -> cache.get("k")).isSameAs(odd);
        if (setting.entryPoint() == EntryPoint.ASYNCHRONOUS) {
            assertThat(cache.cache().async().put("k", "v")).isCompletedExceptionally();
        }
    }

    @Test
    void weigher_ofNullThatIsNotCached_isNotAsked() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(
                fixture.instance(),
                builder -> builder.near(Near.<String, String>weight(100, (key, value) -> value.length())),
                key -> null);
        assertThat(cache.get("k")).isNull();
    }
}
