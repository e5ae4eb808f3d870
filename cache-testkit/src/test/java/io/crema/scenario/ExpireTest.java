package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.policy.NullCaching;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that are said to be old, whatever tiers there are and whichever way it is said. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class ExpireTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final SetLoader loader = new SetLoader();
    private final Calls cache;

    ExpireTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.cache = loading(fixture.instance());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Calls loading(Instance instance) {
        return setting.calls(fixture.builder(instance, "texts")
                .nulls(NullCaching.cachedFor(Duration.ofMinutes(1)))
                .buildWithContext(loader));
    }

    @Test
    void expire_value_isLoadedAnewOnce() {
        cache.put("k", "1");
        cache.put("other", "3");
        loader.give("2");

        cache.expire("k");

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("2");
        assertThat(cache.get("k")).isEqualTo("2");
        assertThat(cache.getIfPresent("other")).isEqualTo("3");
        assertThat(loader.calls()).isEqualTo(1);
    }

    @Test
    void expire_loadFails_theFailureIsThrown_andTheNextReadLoads() {
        cache.put("k", "1");
        loader.set((key, context) -> {
            throw new IllegalStateException("origin down");
        });

        cache.expire("k");

        assertThatThrownBy(() -> cache.get("k"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("origin down");
        loader.give("2");
        assertThat(cache.get("k")).isEqualTo("2");
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
    }

    @Test
    void expire_absentKeyTwiceOrCachedNull_isHarmless() {
        cache.expire("k");
        cache.expire("k");
        assertThat(cache.getIfPresent("k")).isNull();
        cache.put("k", null);
        assertThat(cache.entry("k")).isNotNull();

        cache.expire("k");

        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void expire_putAfterIt_isServed() {
        cache.put("k", "1");
        cache.expire("k");

        cache.put("k", "2");

        assertThat(cache.getIfPresent("k")).isEqualTo("2");
    }

    @Test
    void expire_putIfAbsentAfterIt_stores() {
        cache.put("k", "1");
        assertThat(cache.putIfAbsent("k", "2")).isFalse();

        cache.expire("k");

        assertThat(cache.putIfAbsent("k", "2")).isTrue();
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
    }

    @Test
    void expire_taggedValue_isLoadedAnewWithItsTags() {
        loader.give("1", "a");
        cache.get("k");
        loader.give("2", "a");

        cache.expire("k");

        assertThat(cache.get("k")).isEqualTo("2");
        cache.invalidateTag("a");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void expire_thenInvalidate_isGone() {
        cache.put("k", "1");
        cache.expire("k");

        cache.invalidate("k");

        assertThat(cache.getAllPresent(List.of("k"))).isEqualTo(Map.of());
    }

    @Test
    void expire_byAnother_isLoadedAnewHereToo() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Calls other = loading(fixture.instance());
        cache.put("k", "1");
        assertThat(other.getIfPresent("k")).isEqualTo("1");
        loader.give("2");

        other.expire("k");

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("2");
        assertThat(other.getIfPresent("k")).isEqualTo("2");
        assertThat(loader.calls()).isEqualTo(1);
    }

    /** For those who may use it: neither tier drops what it has. */
    @Test
    void expire_value_staysInTheNearTier() {
        assumeThat(setting.tiers().hasNear()).isTrue();
        cache.put("k", "1");

        cache.expire("k");

        assertThat(cache.stats().nearSize()).isEqualTo(1);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.stats().nearSize()).isEqualTo(1);
    }

    @Test
    void expire_isOneOperationOfTheRemoteTier() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Instance instance = fixture.instance();
        Calls calls = loading(instance);
        calls.put("k", "1");

        calls.expire("k");

        assertThat(instance.remote().executed(Operation.EXPIRE)).isEqualTo(1);
        assertThat(instance.remote().executed(Operation.INVALIDATE)).isZero();
    }

    @Test
    void expire_remoteTierDoesNotConfirm_isPendingAndThenDone() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Instance instance = fixture.instance();
        Calls calls = loading(instance);
        calls.put("k", "1");
        instance.remote().fail(Operation.EXPIRE, Operation.INVALIDATE);

        assertThatThrownBy(() -> calls.expire("k"))
                .isInstanceOf(InvalidationPendingException.class)
                .hasMessageContaining("did not confirm expire");
        assertThat(calls.getIfPresent("k")).isNull();
        assertThat(cache.getIfPresent("k")).isEqualTo("1");

        instance.remote().recover();
        fixture.pass(Duration.ofMillis(250));
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void expire_nullOrAfterClose_isRefused() {
        assertThatThrownBy(() -> cache.expire(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.expire("k", 0))
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("Cache 'texts': originVersion must not be 0");
        fixture.close();
        assertThatThrownBy(() -> cache.expire("k"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("closed");
    }

    // With origin versions

    @Test
    void expire_withAVersion_olderOnesAreNotCached() {
        cache.put("k", "1", EntryOptions.defaults().originVersion(1));
        cache.expire("k", 5);
        loader.giveVersion("4", 4);

        assertThat(cache.get("k")).isEqualTo("4");
        assertThat(cache.getIfPresent("k")).isNull();
        loader.giveVersion("5", 5);
        assertThat(cache.get("k")).isEqualTo("5");
        assertThat(cache.getIfPresent("k")).isEqualTo("5");
    }
}
