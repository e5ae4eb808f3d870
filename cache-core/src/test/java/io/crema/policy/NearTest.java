package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.policy.Near.Bound;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NearTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void entries_areBoundedByNumber_andLiveAsTheCacheSays() {
        Near near = Near.entries(5);
        assertThat(near.bound()).isEqualTo(Bound.ENTRIES);
        assertThat(near.maximum()).isEqualTo(5);
        assertThat(near.weigher()).isNull();
        assertThat(near.timeToLive()).isNull();
        assertThat(near.timeToIdle()).isNull();
    }

    @Test
    void weight_asksTheWeigher() {
        Near near = Near.<String, String>weight(100, (key, value) -> key.length() * 10 + value.length());
        assertThat(near.bound()).isEqualTo(Bound.WEIGHT);
        assertThat(near.maximum()).isEqualTo(100);
        assertThat(near.weigher().applyAsInt("kk", "vvv")).isEqualTo(23);
    }

    @Test
    void none_holdsNothing() {
        assertThat(Near.none().bound()).isEqualTo(Bound.NONE);
        assertThat(Near.none().maximum()).isZero();
    }

    @Test
    void times_areSetOneByOne() {
        Near near = Near.entries(5).expireAfterIdle(SECOND).expireAfter(SECOND.multipliedBy(2));
        assertThat(near.timeToIdle()).isEqualTo(SECOND);
        assertThat(near.timeToLive()).isEqualTo(SECOND.multipliedBy(2));
        assertThat(near.maximum()).isEqualTo(5);
    }

    @Test
    void times_outOfRange_areRefused() {
        assertThatThrownBy(() -> Near.entries(5).expireAfter(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeToLive must be from 1 ms to 36500 days, but is PT0S");
        assertThatThrownBy(() -> Near.entries(5).expireAfterIdle(Duration.ofDays(40_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeToIdle must be from 1 ms to 36500 days, but is PT960000H");
        assertThatThrownBy(() -> Near.entries(5).expireAfter(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("timeToLive");
        assertThatThrownBy(() -> Near.entries(5).expireAfterIdle(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("timeToIdle");
    }

    @Test
    void maximum_belowOne_isRefused_withTheWayOut() {
        assertThatThrownBy(() -> Near.entries(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The near tier must hold at least 1, but maximum is 0; use Near.none() for a cache without a"
                                + " near tier");
        assertThatThrownBy(() -> Near.weight(-1, (key, value) -> 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void weigher_andBound_mustFit() {
        assertThatThrownBy(() -> Near.weight(5, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("weigher");
        assertThatThrownBy(() -> new Near(Bound.WEIGHT, 5, null, SECOND, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A weigher is needed with a bound by weight, and only there");
        assertThatThrownBy(() -> new Near(Bound.ENTRIES, 5, (key, value) -> 1, SECOND, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Near(null, 5, null, SECOND, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("bound");
    }
}
