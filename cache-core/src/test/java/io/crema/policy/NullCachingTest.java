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
        assertThat(NullCaching.off().faults()).isEmpty();
    }

    @Test
    void cachedFor_hasItsTime() {
        assertThat(NullCaching.cachedFor(Duration.ofSeconds(30)).fresh()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void cachedFor_outOfRange_isAFault() {
        BadTimes.check("NullCaching: fresh", NullCaching::cachedFor);
    }

    @Test
    void cachedFor_null_namesTheParameter() {
        assertThatThrownBy(() -> NullCaching.cachedFor(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("fresh");
    }
}
