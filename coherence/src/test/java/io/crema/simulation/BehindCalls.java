package io.crema.simulation;

import io.crema.simulation.BehindOracle.Kept;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The log of an origin that is written behind callers: who may write what, and in which order. The origin refuses older
 * writes, so nothing that is in its rows shows that.
 */
final class BehindCalls {

    private record Place(int instance, int key) {}

    private final World world;
    private final BehindOracle oracle;
    private @Nullable BehindWatch watch;
    private final Set<Place> running = new HashSet<>();
    private final Map<Place, Long> last = new HashMap<>();

    /** When each thread ended its last call: the second half of a batch was begun with the first. */
    private final Map<Thread, Long> ended = new HashMap<>();

    private final Map<Integer, long[]> made = new HashMap<>();
    private long failover = Long.MIN_VALUE;

    BehindCalls(World world, BehindOracle oracle) {
        this.world = world;
        this.oracle = oracle;
    }

    void watchedBy(BehindWatch watching) {
        watch = watching;
    }

    void begins(int instance, int key, long id, long value, int attempt) {
        world.trace.note(world.now(), instance, key, "write begins, attempt " + attempt, id);
        oracle.counts.calls++;
        oracle.counts.retries += attempt > 1 ? 1 : 0;
        counted(instance)[0]++;
        if (oracle.lastFailover() != failover) {
            failover = oracle.lastFailover();
            last.clear();
        }
        Place place = new Place(instance, key);
        if (!running.add(place)) {
            oracle.wrong(key, "instance " + instance + " writes " + id + " while it writes the key already");
        }
        long before = Objects.requireNonNullElse(last.put(place, id), 0L);
        Kept write = oracle.write(key, id);
        // What a fail-over has brought back is found when what has come since is done.
        boolean broughtBack = write != null && write.at < oracle.lastFailover();
        if (id < before && !broughtBack) {
            oracle.wrong(key, "instance " + instance + " writes " + id + " after " + before);
        }
        boolean second = Objects.equals(ended.get(Thread.currentThread()), world.now());
        if (world.now() - oracle.lastFailover() > oracle.plan.leaseNanos() + Times.millis(500)) {
            requireRight(instance, key, id, value, second);
        }
    }

    private void requireRight(int instance, int key, long id, long value, boolean second) {
        Kept write = oracle.write(key, id);
        if (write == null) {
            if (!oracle.isForgotten(value)) {
                oracle.wrong(key, "the origin is told of " + id + ", which nobody has written");
            }
            return;
        }
        if (write.value != value) {
            oracle.wrong(key, "the origin is told of another value than that of " + write);
        }
        if (!second && !write.open && !write.buried) {
            oracle.wrong(key, "instance " + instance + " writes " + write + ", which is not in the journal any more");
        }
        if (!second && !Objects.requireNonNull(watch, "watch").isOwner(instance, key)) {
            oracle.wrong(key, "instance " + instance + " writes " + write + " although it is not the owner");
        }
    }

    void ended(int instance, int key, boolean failed) {
        world.trace.note(world.now(), instance, key, failed ? "write failed" : "write ended", 0);
        running.remove(new Place(instance, key));
        ended.put(Thread.currentThread(), world.now());
        counted(instance)[1] += failed ? 1 : 0;
    }

    boolean isRunning(int instance) {
        return running.stream().anyMatch(place -> place.instance == instance);
    }

    /** How many writes an instance has begun, and how many of them failed. */
    long[] counted(int instance) {
        return made.computeIfAbsent(instance, number -> new long[2]);
    }
}
