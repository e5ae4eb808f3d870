package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheEntry;
import io.crema.Tier;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees first: reads by tier, and instances that agree. */
class FirstStepsTest {

    private final Fleet fleet = new Fleet();
    private final Node a = fleet.node();
    private final Node b = fleet.node();

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void get_secondTime_comesFromNear() {
        assertThat(a.cache().get("k", key -> "v1")).isEqualTo("v1");
        int reads = a.remote().executed(Operation.READ);
        assertThat(a.cache().get("k", key -> "v2")).isEqualTo("v1");
        assertThat(a.remote().executed(Operation.READ)).isEqualTo(reads);
        assertThat(a.cache().stats().nearHits()).isEqualTo(1);
    }

    @Test
    void get_onAnotherInstance_comesFromRemote() {
        a.cache().get("k", key -> "v1");
        CacheEntry<String> entry = b.cache().entry("k");
        assertThat(entry).isNotNull();
        assertThat(entry.tier()).isEqualTo(Tier.REMOTE);
        assertThat(b.cache().entry("k").tier()).isEqualTo(Tier.NEAR);
        assertThat(b.cache().get("k", key -> "v2")).isEqualTo("v1");
        assertThat(b.cache().stats().loads()).isZero();
    }

    @Test
    void invalidate_onOneInstance_isSeenByTheOther() {
        a.cache().get("k", key -> "v1");
        b.cache().get("k", key -> "v1");
        a.cache().invalidate("k");
        assertThat(b.cache().getIfPresent("k")).isNull();
        assertThat(b.cache().get("k", key -> "v2")).isEqualTo("v2");
        assertThat(a.cache().getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void put_clear_bulk_async() {
        a.cache().put("x", "1");
        assertThat(b.cache().getIfPresent("x")).isEqualTo("1");
        a.cache().put("x", "2");
        assertThat(b.cache().getIfPresent("x")).isEqualTo("2");
        assertThat(b.cache().putIfAbsent("x", "3")).isFalse();
        Map<String, String> all = b.cache().getAll(List.of("x", "y", "z"), keys -> Map.of("y", "Y"));
        assertThat(all).containsExactly(Map.entry("x", "2"), Map.entry("y", "Y"));
        a.cache().clear();
        assertThat(b.cache().getIfPresent("x")).isNull();
        assertThat(a.cache().async().get("q", key -> "Q").join()).isEqualTo("Q");
        fleet.pass(Duration.ofSeconds(20));
        assertThat(a.cache().getIfPresent("q")).isEqualTo("Q");
        assertThat(a.cache().entry("q").tier()).isEqualTo(Tier.NEAR);
    }
}
