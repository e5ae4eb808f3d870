package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NullCachingTest {

    @Test
    void off_hasNoTime() {
        assertThat(NullCaching.off().fresh()).isNull();
        assertThat(NullCaching.off()).isEqualTo(new NullCaching(null));
    }

    @Test
    void cachedFor_hasItsTime() {
        assertThat(NullCaching.cachedFor(Duration.ofSeconds(30)).fresh()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void cachedFor_outOfRange_isRefused() {
        assertThatThrownBy(() -> NullCaching.cachedFor(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fresh must be from 1 ms to 36500 days, but is PT0S");
        assertThatThrownBy(() -> new NullCaching(Duration.ofDays(40_000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NullCaching.cachedFor(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("fresh");
    }
}
