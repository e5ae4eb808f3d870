package io.crema.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.RedisRemote;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.KeyCodec;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.SlotMove;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One of three primaries fails, or hands slots to another. */
@Tag("end-to-end")
class ClusterFaultTest extends FaultTest {

    private static final int PARTITIONS = 16;

    private static EmbeddedCluster cluster;

    private final KeyLayout layout = new KeyLayout("crema", cacheName, PARTITIONS, 0);
    private final KeyCodec<String> codec = KeyCodec.standard();

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @Override
    RedisRemote remote(Duration timeLimit) {
        return RedisRemote.clusterBuilder(cluster.uri()).timeLimit(timeLimit).build();
    }

    private int slotOf(int partition) {
        return EmbeddedCluster.slotOf(layout.prefix(partition));
    }

    private int slotOf(String key) {
        return slotOf(layout.partitionOf(codec.encode(key)));
    }

    private List<String> keysIn(IntPredicate slots, String start, int count) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> start + i)
                .filter(key -> slots.test(slotOf(key)))
                .limit(count)
                .toList();
    }

    private static EmbeddedRedis otherThan(EmbeddedRedis primary) {
        return cluster.primaries().stream()
                .filter(node -> node != primary)
                .findFirst()
                .orElseThrow();
    }

    /** Its replica is killed before, so that nobody takes its place while the test looks. */
    @Test
    void primaryAndReplicaDown_keysOfTheOthersAreServedNear() {
        Instance one = instance();
        Instance other = instance();
        EmbeddedRedis victim = cluster.primaryOf(0);
        List<String> there = keysIn(slot -> cluster.primaryOf(slot) == victim, "k", 20);
        List<String> elsewhere = keysIn(slot -> cluster.primaryOf(slot) != victim, "k", 20);
        List<Instance> both = List.of(one, other);
        both.forEach(each -> awaitNear(each, there));
        both.forEach(each -> awaitNear(each, elsewhere));
        cluster.replicasOf(victim).forEach(EmbeddedRedis::kill);
        victim.kill();

        for (Instance each : both) {
            // One by one: what is read anew may be served for as long as the bound, though nothing confirms it.
            there.forEach(key -> patiently().until(() -> each.nearHits(List.of(key)) == 0));
            awaitNear(each, elsewhere);
        }
        there.forEach(key -> assertThat(one.change(key)).isFalse());
        assertThat(one.isFresh(there)).isTrue();
        elsewhere.forEach(key -> patiently().until(() -> one.change(key)));
        both.forEach(each -> patiently().until(() -> each.isFresh(elsewhere)));

        cluster.heal();
        awaitConvergence(there);
        both.forEach(each -> awaitNear(each, there));
    }

    @Test
    void failoverThatLosesInvalidations_ofOnePrimary_areMadeAgainAndTheRestIsKept() {
        Instance one = instance();
        Instance other = instance();
        List<Instance> both = List.of(one, other);
        int tags = slotOf(PARTITIONS);
        EmbeddedRedis victim = cluster.primaryOf(tags);
        List<String> changed = keysIn(slot -> cluster.primaryOf(slot) == victim, "changed", 20);
        List<String> tagged = keys("tag:", 20);
        List<String> untouched = keys("untouched", 60);
        both.forEach(each -> awaitNear(each, changed));
        both.forEach(each -> awaitNear(each, tagged));
        both.forEach(each -> awaitNear(each, untouched));
        List<Long> gaps = gaps(both);
        origin.beginLoss();

        cluster.failoverLosingWrites(tags, () -> {
            changed.forEach(key -> assertThat(one.change(key)).isTrue());
            one.changeTagged("tag", tagged);
            changed.subList(0, 5).forEach(other::read);
        });

        awaitRepaired(both, gaps, 1);
        origin.lossNoticed();
        assertThat(one.isFresh(changed) && one.isFresh(tagged)).isTrue();
        awaitFresh(other, changed);
        awaitFresh(other, tagged);
        awaitConvergence(changed);
        awaitConvergence(tagged);
        assertKept(untouched);
    }

    @Test
    void switchover_underTraffic_nothingIsTooOldAndUntouchedKeysAreKept() {
        Instance one = instance();
        List<Instance> both = List.of(one, instance());
        List<String> keys = keys("k", 50);
        List<String> untouched = keys("untouched", 60);
        awaitNear(one, untouched);
        Traffic traffic = traffic(keys);
        traffic.goesOn(50);
        List<Long> gaps = gaps(both);
        int moved = slotOf(0);
        EmbeddedRedis old = cluster.primaryOf(moved);
        int partitions = (int) IntStream.rangeClosed(0, PARTITIONS)
                .filter(p -> cluster.primaryOf(slotOf(p)) == old)
                .count();
        cluster.switchover(moved);
        traffic.goesOn(50);
        traffic.close();
        awaitConvergence(keys);
        assertThat(traffic.failures()).isEmpty();
        awaitRepaired(both, gaps, partitions);
        assertKept(untouched);
    }

    /** A partition of keys, and that of the tags. */
    @Test
    void slotsMove_underTraffic_nothingIsTooOldAndServiceGoesOn() {
        Instance one = instance();
        instance();
        farInstance();
        int slot = slotOf(3);
        List<String> keys = keysIn(found -> found == slot, "tag:", 30);
        Traffic traffic = traffic(keys);
        traffic.goesOn(50);
        for (int moved : List.of(slot, slotOf(PARTITIONS), slot)) {
            cluster.moveSlot(moved, otherThan(cluster.primaryOf(moved)));
            traffic.goesOn(100);
        }
        traffic.close();
        awaitConvergence(keys);
        assertThat(traffic.failures()).isEmpty();
        one.changeTagged("tag", keys);
        awaitConvergence(keys);
        awaitNear(one, keys);
    }

    @Test
    void slotHalfMoved_underTraffic_nothingIsTooOldAndAllIsSentInTheEnd() {
        Instance one = instance();
        instance();
        int slot = slotOf(3);
        int tags = slotOf(PARTITIONS);
        List<String> keys = keysIn(found -> found == slot, "tag:", 30);
        one.readAll(keys);
        Traffic traffic = traffic(keys);
        traffic.goesOn(50);
        for (int moved : List.of(slot, tags)) {
            SlotMove move = cluster.beginMove(moved, otherThan(cluster.primaryOf(moved)));
            try {
                // Reads wait for what a server refuses to answer in this state, before they ask the origin.
                for (boolean more = true; more; more = move.moveKeys(8) > 0) {
                    traffic.readsGoOn(20);
                }
            } finally {
                move.finish();
            }
            traffic.goesOn(50);
        }
        traffic.close();
        awaitConvergence(keys);
        assertThat(traffic.failures()).isEmpty();
        one.changeTagged("tag", keys);
        awaitConvergence(keys);
        awaitNear(one, keys);
    }

    /** Moves, orderly and disorderly changes of parts; what is lost counts from when it was noticed. */
    @Test
    @Tag("long")
    @Timeout(400)
    void faults_atRandom_forLong_nothingIsTooOld() {
        instance();
        instance();
        farInstance();
        List<String> keys = keys("tag:", 200);
        Traffic traffic = traffic(keys);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            int slot = slotOf(random.nextInt(PARTITIONS + 1));
            switch (random.nextInt(4)) {
                case 0 -> cluster.switchover(slot);
                case 1 -> {
                    origin.beginLoss();
                    traffic.goesOn(20);
                    cluster.failover(slot);
                    awaitConvergence(keys("probe", 200));
                    traffic.goesOn(200);
                    origin.lossNoticed();
                    cluster.heal();
                }
                default -> cluster.moveSlot(slot, otherThan(cluster.primaryOf(slot)));
            }
            long begun = System.nanoTime();
            traffic.goesOn(20);
            patiently().until(() -> System.nanoTime() - begun > Origin.BOUND.toNanos() * 3 / 2);
            assertThat(origin.tooOld()).as("seed %s, fault %s", seed, i).isEmpty();
        }
        traffic.close();
        awaitConvergence(keys);
        assertThat(traffic.failures()).as("seed %s", seed).isEmpty();
    }
}
