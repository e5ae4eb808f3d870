package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.InvalidationPendingException;
import io.crema.ReadConsistency;
import io.crema.policy.Degraded;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What reads do when the connection that carries invalidations is silent for longer than the bound. */
@ParameterizedClass
@EnumSource(Style.class)
class DegradedTest {

    private static final Duration LONGER_THAN_THE_BOUND = Duration.ofSeconds(3);

    private final Fleet fleet = new Fleet(1);
    private final Style style;
    private final Caller<String> writer;

    DegradedTest(Style style) {
        this.style = style;
        writer = style.caller(fleet.node());
        writer.put("k", "v1").await();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** An instance that has v1, is deaf, and does not know that there is v2. */
    private Caller<String> deaf(Degraded policy) {
        Caller<String> deaf = style.caller(fleet.node(builder -> builder.degraded(policy)));
        assertThat(deaf.read("k")).isEqualTo("v1");
        deaf.remote().disconnect();
        writer.put("k", "v2").await();
        fleet.pass(LONGER_THAN_THE_BOUND);
        return deaf;
    }

    @Test
    void remoteThenOrigin_isWhatIsThere() {
        Caller<String> deaf = deaf(Degraded.REMOTE_THEN_ORIGIN);

        assertThat(deaf.read("k")).isEqualTo("v2");
        deaf.remote().goOffline();
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(deaf.load("k", "v3")).isEqualTo("v3");
    }

    @Test
    void reserve_nearCopy_isServedAndMarkedStale() {
        Caller<String> deaf = deaf(Degraded.RESERVE);
        int reads = deaf.reads();

        assertThat(deaf.read("k")).isEqualTo("v1");
        CacheEntry<String> entry = deaf.cache().entry("k");
        assertThat(entry).isNotNull();
        assertThat(entry.isStale()).isTrue();
        assertThat(deaf.cache().getAllPresent(List.of("k"))).containsEntry("k", "v1");
        assertThat(deaf.reads()).isEqualTo(reads);
    }

    @Test
    void reserve_leaseThere_isNotStale() {
        Caller<String> deaf = deaf(Degraded.RESERVE);

        deaf.remote().reconnect();

        assertThat(deaf.read("k")).isEqualTo("v2");
        assertThat(deaf.cache().entry("k")).matches(entry -> !entry.isStale());
    }

    @Test
    void reserve_noCopyOrOneThatWasCleared_asksOn() {
        Caller<String> deaf = deaf(Degraded.RESERVE);

        assertThat(deaf.load("other", "w1")).isEqualTo("w1");
        deaf.clear().await();
        assertThat(deaf.read("k")).isNull();
    }

    @Test
    void reserve_ownClearIsPending_asksOn() {
        Caller<String> deaf = deaf(Degraded.RESERVE);
        deaf.remote().fail(Operation.CLEAR);

        assertThat(deaf.clear().failure()).isInstanceOf(InvalidationPendingException.class);

        assertThat(deaf.load("k", "v3")).isEqualTo("v3");
        assertThat(deaf.cache().getAllPresent(List.of("k"))).isEmpty();
    }

    @Test
    void reserve_timeToLiveOver_asksOn() {
        Caller<String> deaf = deaf(Degraded.RESERVE);

        fleet.pass(Duration.ofMinutes(11));

        assertThat(deaf.load("k", "v3")).isEqualTo("v3");
    }

    @Test
    void fail_bounded_failsWithoutAskingAnybody() {
        Caller<String> deaf = deaf(Degraded.FAIL);
        int reads = deaf.reads();

        assertThatThrownBy(() -> deaf.load("k", "v3"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("'texts'")
                .hasMessageContaining("bound");
        assertThatThrownBy(() -> deaf.cache().getAllPresent(List.of("k"))).isInstanceOf(CacheException.class);
        assertThat(deaf.reads()).isEqualTo(reads);
        assertThat(deaf.remote().executed(Operation.LEASE)).isZero();

        deaf.remote().reconnect();
        assertThat(deaf.read("k")).isEqualTo("v2");
    }

    @Test
    void fail_otherConsistencies_goOn() {
        Caller<String> deaf = deaf(Degraded.FAIL);

        assertThat(deaf.latest("k").await()).isEqualTo("v2");
        Caller<String> eventual = new Caller<>(style, deaf.node(), deaf.cache().reading(ReadConsistency.EVENTUAL));
        assertThat(eventual.load("absent", "w")).isEqualTo("w");
    }

    @Test
    void eventual_lostLease_servesWhatItHas() {
        Caller<String> deaf = deaf(Degraded.REMOTE_THEN_ORIGIN);
        Caller<String> eventual = new Caller<>(style, deaf.node(), deaf.cache().reading(ReadConsistency.EVENTUAL));
        int reads = deaf.reads();

        assertThat(eventual.read("k")).isEqualTo("v1");
        assertThat(deaf.reads()).isEqualTo(reads);

        deaf.remote().reconnect();
        assertThat(eventual.read("k")).as("the gap was noticed").isEqualTo("v2");
    }

    @Test
    void eventual_ownInvalidationAndClear_count() {
        Caller<String> node = style.caller(fleet.node());
        Caller<String> eventual = new Caller<>(style, node.node(), node.cache().reading(ReadConsistency.EVENTUAL));
        assertThat(eventual.read("k")).isEqualTo("v1");

        boolean unused = node.invalidate("k").await();
        assertThat(eventual.read("k")).isNull();
        node.put("k", "v2").await();
        assertThat(eventual.read("k")).isEqualTo("v2");
        node.clear().await();
        assertThat(eventual.read("k")).isNull();
    }
}
