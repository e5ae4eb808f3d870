package io.crema.coherence.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long partitions have no living owner after theirs was killed: from the kill until another one is seen, less the time in
 * which Redis was stopped. What it is told comes in the order of time; nanoseconds. For one thread at a time.
 */
final class Takeovers {

    private static final long UP = Long.MIN_VALUE;

    /** The last owner that was seen; by partition. */
    private final Map<Integer, Long> owners = new HashMap<>();

    private final Map<Integer, Orphan> orphans = new HashMap<>();
    private final List<Takeover> done = new ArrayList<>();
    private long downNanos;
    private long downSince = UP;

    /** @param downNanos how long Redis had been stopped until then */
    private record Orphan(long owner, long killed, long downNanos) {}

    /**
     * @param took from the kill to the new owner, without what follows
     * @param stopped how long Redis was stopped meanwhile
     */
    record Takeover(int partition, Duration took, Duration stopped) {}

    /** These are the owners now; a partition that has none is not among them. */
    void seen(long now, Map<Integer, Long> present) {
        present.forEach((partition, owner) -> {
            owners.put(partition, owner);
            Orphan orphan = orphans.get(partition);
            if (orphan != null && orphan.owner != owner) {
                orphans.remove(partition);
                done.add(takeover(partition, orphan, now));
            }
        });
    }

    private Takeover takeover(int partition, Orphan orphan, long now) {
        long stopped = down(now) - orphan.downNanos;
        return new Takeover(partition, Duration.ofNanos(now - orphan.killed - stopped), Duration.ofNanos(stopped));
    }

    /** An instance is about to be killed. */
    void killed(long now, long owner) {
        owners.forEach((partition, last) -> {
            if (last == owner) {
                // Who was killed before it had shown itself has not taken it over: that one's time goes on.
                orphans.putIfAbsent(partition, new Orphan(owner, now, down(now)));
            }
        });
    }

    /** Redis is about to be stopped. */
    void down(long now, boolean isDown) {
        if (isDown) {
            downSince = downSince == UP ? now : downSince;
        } else if (downSince != UP) {
            downNanos += now - downSince;
            downSince = UP;
        }
    }

    private long down(long now) {
        return downNanos + (downSince == UP ? 0 : now - downSince);
    }

    List<Takeover> done() {
        return List.copyOf(done);
    }

    /** Those that have not been taken over by now, as if they were. */
    List<Takeover> waiting(long now) {
        return orphans.entrySet().stream()
                .map(orphan -> takeover(orphan.getKey(), orphan.getValue(), now))
                .toList();
    }

    static long millis(Takeover takeover) {
        return TimeUnit.NANOSECONDS.toMillis(takeover.took().toNanos());
    }
}
