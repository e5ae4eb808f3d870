package io.crema.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Quarantine;
import io.crema.policy.HistoryChange;
import io.crema.redis.RedisRemote;
import io.crema.testkit.EmbeddedSentinel;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A replica takes the place of its primary, with and without what that had acknowledged. */
@Tag("end-to-end")
class SentinelFaultTest extends FaultTest {

    private static EmbeddedSentinel sentinel;

    @BeforeAll
    static void startServers() {
        sentinel = EmbeddedSentinel.start();
    }

    @AfterAll
    static void stopServers() {
        sentinel.close();
    }

    @BeforeEach
    void heal() {
        sentinel.heal();
    }

    @Override
    RedisRemote remote(Duration timeLimit) {
        return RedisRemote.builder(sentinel.uri()).timeLimit(timeLimit).build();
    }

    @Test
    void failover_underTraffic_nothingIsTooOldAndServiceGoesOn() {
        instance();
        instance();
        farInstance();
        List<String> keys = keys("k", 50);
        Traffic traffic = traffic(keys);
        traffic.goesOn(50);
        // What the primary acknowledged in its last moment may not have left it.
        origin.beginLoss();
        traffic.goesOn(20);
        sentinel.failover();
        traffic.goesOn(50);
        traffic.close();
        awaitConvergence(keys);
        origin.lossNoticed();
        awaitConvergence(keys);
        assertThat(traffic.failures()).isEmpty();
    }

    @Test
    void failoverThatLosesInvalidations_areMadeAgainAndTheRestIsKept() {
        Instance one = instance();
        Instance other = instance();
        List<Instance> both = List.of(one, other);
        List<String> changed = keys("changed", 20);
        List<String> tagged = keys("tag:", 20);
        List<String> otherTag = keys("other:", 20);
        List<String> held = keys("held", 3);
        List<String> untouched = keys("untouched", 40);
        List<String> stale =
                Stream.of(changed, tagged, held).flatMap(List::stream).toList();
        List<String> kept = Stream.of(untouched, otherTag).flatMap(List::stream).toList();
        both.forEach(each -> each.readAll(stale));
        both.forEach(each -> awaitNear(each, kept));
        List<Quarantine<Long>> quarantines =
                held.stream().map(one.cache()::quarantine).toList();
        List<Long> gaps = gaps(both);
        origin.beginLoss();

        sentinel.failoverLosingWrites(() -> {
            changed.forEach(key -> assertThat(one.change(key)).isTrue());
            one.changeTagged("tag", tagged);
            held.forEach(origin::commit);
            quarantines.forEach(Quarantine::end);
            // So that the lost history has values of its own.
            changed.subList(0, 5).forEach(other::read);
        });

        awaitRepaired(both, gaps, 17);
        origin.lossNoticed();
        assertThat(one.isFresh(stale)).isTrue();
        awaitFresh(other, stale);
        assertKept(kept);
        assertThat(farInstance().isFresh(stale)).isTrue();
        assertThat(one.stats().invalidationsPending()).isZero();
    }

    /** In one failover, since each takes seconds. */
    @Test
    void failoverThatLosesWrites_clearLostOrPolicyClear_isClearedForAll() {
        Instance clearing = instance("clear-" + cacheName, HistoryChange.REPLAY);
        Instance cleared = instance("clear-" + cacheName, HistoryChange.REPLAY);
        Instance strict = instance("strict-" + cacheName, HistoryChange.CLEAR);
        List<Instance> all = List.of(clearing, cleared, strict);
        List<String> keys = keys("k", 40);
        all.forEach(each -> awaitNear(each, keys));
        List<String> others = keys("other", 40);
        all.forEach(each -> awaitNear(each, others));
        List<Long> gaps = gaps(all);
        origin.beginLoss();

        sentinel.failoverLosingWrites(() -> {
            keys.forEach(key -> origin.acknowledged(key, origin.commit(key)));
            clearing.cache().clear();
            strict.cache().invalidateAll(keys);
        });

        awaitRepaired(all, gaps, 17);
        origin.lossNoticed();
        assertThat(clearing.isFresh(keys)).isTrue();
        assertThat(strict.isFresh(keys)).isTrue();
        awaitFresh(cleared, keys);
        long loads = origin.loads();
        strict.readAll(others);
        assertThat(origin.loads() - loads).as("loads of keys that were cleared").isGreaterThanOrEqualTo(others.size());
    }
}
