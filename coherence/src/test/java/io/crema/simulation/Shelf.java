package io.crema.simulation;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.testkit.ForwardingCache;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the remote tier has, or a single instance without one: as the checks see it, told by what was executed.
 */
final class Shelf {

    /** A cached null. */
    static final long NULL = -1;

    /** A value that is there. */
    static final class Item {
        final long value;
        final long since;
        final long fresh;
        final long keep;

        /** How long its load took. */
        final long took;

        Item(long value, long since, long fresh, long keep, long took) {
            this.value = value;
            this.since = since;
            this.fresh = fresh;
            this.keep = keep;
            this.took = took;
        }
    }

    private final World world;
    private final LoadOracle oracle;
    private final @Nullable Item[] items;
    private final long[] written;
    /** When a tag was last invalidated. */
    private long lastTag = Long.MIN_VALUE / 2;

    Shelf(World world, LoadOracle oracle, int keys) {
        this.world = world;
        this.oracle = oracle;
        this.items = new Item[keys];
        this.written = new long[keys];
    }

    @Nullable
    Item item(int key) {
        return items[key];
    }

    /** When a key was last written otherwise than by a load; 0 = never. */
    long written(int key) {
        return written[key];
    }

    void stored(int key, Item item) {
        items[key] = item;
        world.trace.note(
                world.now(), Oracle.EVERYBODY, key, "stored, fresh for " + item.fresh / 1_000_000 + " ms", item.value);
        if (world.now() - lastTag < Times.millis(1_000)) {
            // Its tag may be another one already.
            items[key] = null;
        }
        if (item.value == NULL) {
            oracle.storedNull(key);
        } else {
            oracle.stored(item.value);
        }
    }

    /** Whatever was there is not to be served any more, and no load that runs is to be kept. */
    void written(int key, String how) {
        items[key] = null;
        written[key] = world.now();
        world.trace.note(world.now(), Oracle.EVERYBODY, key, how, 0);
    }

    void allWritten(String how) {
        for (int key = 0; key < items.length; key++) {
            written(key, how);
        }
    }

    RemoteCache watched(RemoteCache cache) {
        return new Watched(cache);
    }

    private final class Watched extends ForwardingCache {

        Watched(RemoteCache cache) {
            super(cache);
        }

        private boolean isStored(CompletableFuture<StoreReply> reply) {
            return !reply.isCompletedExceptionally() && reply.join() instanceof StoreReply.Stored;
        }

        private void stored(RemoteKey key, RemoteValue value) {
            long number =
                    value.isNull() ? NULL : ByteBuffer.wrap(value.payload()).getLong();
            Shelf.this.stored(
                    Values.keyOf(key),
                    new Item(
                            number,
                            world.now(),
                            Times.millis(value.freshMillis()),
                            Times.millis(value.keepMillis()),
                            Times.millis(value.loadMillis())));
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
            CompletableFuture<LeaseReply> reply = super.lease(key, leaseToken, mode, known, leaseMillis, atLeast);
            String given = reply.isCompletedExceptionally()
                    ? "failed"
                    : reply.join() instanceof LeaseReply.Refused refused
                            ? "refused, " + refused.current().kind() + " "
                                    + refused.current().lease()
                            : "granted";
            world.trace.note(world.now(), Oracle.EVERYBODY, Values.keyOf(key), mode + " " + given, leaseToken);
            return reply;
        }

        @Override
        public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
            world.trace.note(
                    world.now(),
                    Oracle.EVERYBODY,
                    Values.keyOf(key),
                    "release, held after " + failures + " for " + holdMillis + " ms",
                    leaseToken);
            return super.release(key, leaseToken, failures, holdMillis);
        }

        @Override
        public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
            CompletableFuture<StoreReply> reply = super.fill(key, leaseToken, value, atLeast);
            if (isStored(reply)) {
                stored(key, value);
            }
            return reply;
        }

        @Override
        public CompletableFuture<StoreReply> renew(
                RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
            CompletableFuture<StoreReply> reply = super.renew(key, leaseToken, known, renewal, atLeast);
            Item before = item(Values.keyOf(key));
            if (isStored(reply) && before != null) {
                Shelf.this.stored(
                        Values.keyOf(key),
                        new Item(
                                before.value,
                                world.now(),
                                Times.millis(renewal.freshMillis()),
                                Times.millis(renewal.keepMillis()),
                                Times.millis(renewal.loadMillis())));
            }
            return reply;
        }

        @Override
        public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
            CompletableFuture<StoreReply> reply = super.put(key, value, holder, atLeast);
            written(Values.keyOf(key), "PUT executed");
            if (isStored(reply)) {
                stored(key, value);
            }
            return reply;
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            keys.forEach(key -> written(Values.keyOf(key), "INVALIDATE executed"));
            return super.invalidate(partition, keys, least, atLeast);
        }

        @Override
        public CompletableFuture<InvalidateReply> expire(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            keys.forEach(key -> written(Values.keyOf(key), "EXPIRE executed"));
            return super.expire(partition, keys, least, atLeast);
        }

        @Override
        public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
            allWritten("INVALIDATE_TAG executed");
            lastTag = world.now();
            return super.invalidateTag(tag, token, atLeast);
        }

        @Override
        public CompletableFuture<Long> clear(int partition, long atLeast) {
            allWritten("CLEAR executed");
            return super.clear(partition, atLeast);
        }

        @Override
        public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
            allWritten("REPAIR executed");
            return super.repair(partition, history, repair, atLeast);
        }
    }
}
