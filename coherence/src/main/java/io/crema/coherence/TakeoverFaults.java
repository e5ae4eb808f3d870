package io.crema.coherence;

import io.crema.coherence.Fault.Healing;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.SlotMove;
import io.lettuce.core.api.sync.RedisKeyCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What happens where servers have replicas, or share the keys. What is down stays so until the topology is healed. */
final class TakeoverFaults {

    /** How long the primary acknowledges what nobody copies any more. */
    private static final Duration LOSS = Duration.ofMillis(1_500);

    private static final int KEYS_AT_ONCE = 20;
    private static final long PAUSE_MILLIS = 50;

    private TakeoverFaults() {}

    static Healing failover(Scene scene) {
        if (scene.topology() instanceof Topology.Sentinel sentinel) {
            sentinel.sentinels().failover();
        } else {
            cluster(scene).failover(usedSlot(scene));
        }
        return Healing.NOTHING_TO_DO;
    }

    static Healing lossyFailover(Scene scene) {
        if (scene.topology() instanceof Topology.Sentinel sentinel) {
            sentinel.sentinels().failoverLosingWrites(TakeoverFaults::letWritesBeLost);
        } else {
            cluster(scene).failoverLosingWrites(usedSlot(scene), TakeoverFaults::letWritesBeLost);
        }
        return Healing.NOTHING_TO_DO;
    }

    private static void letWritesBeLost() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOSS.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoherenceException("interrupted");
        }
    }

    static Healing switchover(Scene scene) {
        if (scene.topology() instanceof Topology.Sentinel sentinel) {
            sentinel.sentinels().switchover();
        } else {
            cluster(scene).switchover(usedSlot(scene));
        }
        return Healing.NOTHING_TO_DO;
    }

    static Healing moveSlot(Scene scene) {
        int slot = usedSlot(scene);
        cluster(scene).moveSlot(slot, otherThan(scene, cluster(scene).primaryOf(slot)));
        return Healing.NOTHING_TO_DO;
    }

    /** The slot is on its way for as long as the fault holds, some keys here and some there. */
    static Healing halfMoveSlot(Scene scene) throws InterruptedException {
        int slot = usedSlot(scene);
        SlotMove move =
                cluster(scene).beginMove(slot, otherThan(scene, cluster(scene).primaryOf(slot)));
        long end = System.nanoTime() + scene.hold().toNanos();
        while (System.nanoTime() - end < 0) {
            move.moveKeys(KEYS_AT_ONCE);
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return move::finish;
    }

    private static EmbeddedRedis otherThan(Scene scene, EmbeddedRedis owner) {
        return scene.any(scene.topology().primaries().stream()
                .filter(node -> node != owner)
                .toList());
    }

    private static EmbeddedCluster cluster(Scene scene) {
        if (scene.topology() instanceof Topology.Cluster cluster) {
            return cluster.nodes();
        }
        throw new IllegalStateException("No cluster: " + scene.topology());
    }

    /** One that has keys of the cache. */
    private static int usedSlot(Scene scene) {
        List<String> keys = scene.topology().primaries().stream()
                .map(node -> scene.admin().ask(node, RedisKeyCommands::randomkey))
                .filter(key -> key != null)
                .toList();
        if (keys.isEmpty()) {
            throw new CoherenceException("The cluster has no keys: nobody writes to it");
        }
        int slot = EmbeddedCluster.slotOf(scene.any(keys));
        scene.slot().note("slot " + slot);
        return slot;
    }
}
