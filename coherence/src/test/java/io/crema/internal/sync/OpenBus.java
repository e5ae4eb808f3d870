package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.sync.PartitionSync.Comparison;
import io.crema.internal.sync.PartitionSync.Outcome;
import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the connection's thread does for a cache of one partition for keys, step by step, for tests that choose the order.
 * It does as {@link Subscription}, which does it for any number of partitions by means of streams.
 */
public final class OpenBus {

    private static final String HISTORY = "h1";

    private final Partitions partitions;
    private final Lease lease;
    private final PartitionSync keys;
    private final PartitionSync tags;
    private final Link link = new Link(new SilentConnection());
    private boolean carriesTags = true;

    /** Subscribed, with that clock of the keys; nothing is confirmed. */
    public OpenBus(Partitions partitions, CoherenceRules rules, Lease lease, long clock) {
        this.partitions = partitions;
        this.lease = lease;
        keys = new PartitionSync(partitions.get(0), rules);
        tags = new PartitionSync(partitions.get(1), rules);
        join(keys, clock);
        join(tags, 1);
    }

    private void join(PartitionSync sync, long clock) {
        if (!sync.join(link)) {
            throw new IllegalStateException("has a connection");
        }
        sync.subscribed(link);
        if (!sync.beginsCompare(link)) {
            throw new IllegalStateException("not subscribed");
        }
        BusPosition.At at = new BusPosition.At(clock, 0);
        Comparison comparison = sync.compare(
                link, new BusPosition(HISTORY, Map.of(sync.partition().index(), at)));
        if (comparison.outcome() != Outcome.SYNCHRONISED) {
            throw new IllegalStateException("not synchronised");
        }
    }

    /** Tags are not heard of any more, so that only the partition of the keys can be confirmed. */
    public void leaveTags() {
        tags.leave(link);
        carriesTags = false;
    }

    /** Subscribes anew and compares the clock of the keys with what was seen. */
    public void resynchronise(long clock) {
        keys.leave(link);
        join(keys, clock);
    }

    /** A message about one key, which has been applied to the key. */
    public void advance(long stamp) {
        CoherenceRules.Sequence unused = keys.advance(link.connection, stamp, 1);
    }

    /** The answer to a heartbeat. */
    public void confirm(long sent) {
        if (!keys.confirm(link, HISTORY, sent) || carriesTags && !tags.confirm(link, HISTORY, sent)) {
            throw new IllegalStateException("not synchronised");
        }
        boolean unused = lease.raise(partitions);
    }

    private static final class SilentConnection implements BusConnection {

        @Override
        public boolean isRelayed() {
            return false;
        }

        @Override
        public Set<Integer> carries(String cache) {
            return Set.of();
        }

        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {}

        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {}

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {}

        @Override
        public long lostMillis() {
            return 0;
        }

        @Override
        public void reset() {}
    }
}
