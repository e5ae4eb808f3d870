package io.crema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small immutable types of the public API. */
class ValuesTest {

    @Test
    void entryOptions_areSetOneByOne() {
        EntryOptions options = EntryOptions.defaults().weight(3).timeToLive(Duration.ofSeconds(5));
        assertThat(options.timeToLive()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.weight()).isEqualTo(OptionalInt.of(3));
        assertThat(options)
                .isEqualTo(EntryOptions.defaults()
                        .timeToLive(Duration.ofSeconds(5))
                        .weight(3))
                .hasSameHashCodeAs(EntryOptions.defaults()
                        .timeToLive(Duration.ofSeconds(5))
                        .weight(3))
                .isNotEqualTo(options.weight(4))
                .isNotEqualTo(options.timeToLive(Duration.ofSeconds(6)))
                .isNotEqualTo("options")
                .isNotEqualTo(options.tags("a"))
                .isNotEqualTo(options.originVersion(1))
                .hasToString("EntryOptions[timeToLive=PT5S, weight=OptionalInt[3], tags=[], originVersion=0]");
        assertThat(EntryOptions.defaults().timeToLive()).isNull();
        assertThat(EntryOptions.defaults().weight()).isEmpty();
        assertThat(EntryOptions.defaults().tags()).isEmpty();
        assertThat(EntryOptions.defaults().originVersion()).isZero();
    }

    @Test
    void entryOptions_tagsAndOriginVersion_areKeptBesideTheOthers() {
        EntryOptions options = EntryOptions.defaults()
                .tags("a", "b", "a")
                .originVersion(-1)
                .weight(3)
                .timeToLive(Duration.ofSeconds(5));

        assertThat(options.tags()).containsExactly("a", "b");
        assertThat(options.originVersion()).isEqualTo(-1);
        assertThat(options)
                .hasToString("EntryOptions[timeToLive=PT5S, weight=OptionalInt[3], tags=[a, b],"
                        + " originVersion=18446744073709551615]");
        assertThat(options.tags(List.of("c")).tags()).containsExactly("c");
        assertThat(options).isEqualTo(options.tags(List.of("a", "b"))).hasSameHashCodeAs(options.originVersion(-1));
    }

    @Test
    void entryOptions_originVersionZero_isRefused() {
        assertThatThrownBy(() -> EntryOptions.defaults().originVersion(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("originVersion must not be 0; leave it out where there is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-5S", "PT0.0009S", "P36501D", "PT2562047788015215H30M7.999S"})
    void entryOptions_timeToLiveOutOfRange_isRefused(String timeToLive) {
        assertThatThrownBy(() -> EntryOptions.defaults().timeToLive(Duration.parse(timeToLive)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeToLive must be from 1 ms to 36500 days, but is " + Duration.parse(timeToLive));
    }

    @Test
    void entryOptions_ofOddArguments_areRefused() {
        assertThatThrownBy(() -> EntryOptions.defaults().weight(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must not be negative, but is -1");
        assertThatThrownBy(() -> EntryOptions.defaults().timeToLive(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("timeToLive");
    }

    @Test
    void cacheEntry_isStaleWhenNoFreshnessIsLeft() {
        assertThat(entry(Duration.ofNanos(1)).isStale()).isFalse();
        assertThat(entry(Duration.ZERO).isStale()).isTrue();
        assertThat(entry(Duration.ofSeconds(-1)).isStale()).isTrue();
        assertThatThrownBy(() -> new CacheEntry<>("v", null, Duration.ZERO, Duration.ZERO))
                .hasMessage("tier");
        assertThatThrownBy(() -> new CacheEntry<>("v", Tier.NEAR, null, Duration.ZERO))
                .hasMessage("age");
        assertThatThrownBy(() -> new CacheEntry<>("v", Tier.NEAR, Duration.ZERO, null))
                .hasMessage("freshFor");
    }

    private static CacheEntry<String> entry(Duration freshFor) {
        return new CacheEntry<>("v", Tier.NEAR, Duration.ZERO, freshFor);
    }

    @Test
    void configException_keepsItsFaults() {
        List<String> faults = new ArrayList<>(List.of("one", "two"));
        CacheConfigException exception = new CacheConfigException("Cache 'c'", faults);
        faults.clear();
        assertThat(exception)
                .isInstanceOf(CacheException.class)
                .hasMessage("Cache 'c' is not configured correctly: one; two");
        assertThat(exception.faults()).containsExactly("one", "two");
    }
}
