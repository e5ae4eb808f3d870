package io.crema.examples.quickstart;

import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.InvalidateReply;
import io.crema.spi.InvalidationBus;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A remote tier that tells a probe of every read; all passes unchanged. */
final class ProbedRemote implements RemoteTier {

    private final RemoteTier remote;
    private final TierProbe probe;
    private final ProbedBus bus;

    ProbedRemote(RemoteTier remote, TierProbe probe) {
        this.remote = remote;
        this.probe = probe;
        bus = new ProbedBus(remote.invalidations());
    }

    @Override
    public Limits limits() {
        return remote.limits();
    }

    @Override
    public Duration timeLimit() {
        return remote.timeLimit();
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return remote.open(terms)
                .thenApply(opening -> opening instanceof Opening.Agreed agreed
                        ? new Opening.Agreed(new ProbedCache(agreed.cache(), probe))
                        : opening);
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public void close() {
        remote.close();
    }

    @Override
    public String toString() {
        return remote.toString();
    }

    /** A bus knows the caches of its own tier only. */
    private record ProbedBus(InvalidationBus bus) implements InvalidationBus {

        private static RemoteCache own(RemoteCache cache) {
            return cache instanceof ProbedCache probed ? probed.cache() : cache;
        }

        @Override
        public void start(BusListener listener) {
            bus.start(listener);
        }

        @Override
        public void subscribe(RemoteCache cache, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
            bus.subscribe(own(cache), reply);
        }

        @Override
        public void position(RemoteCache cache, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
            bus.position(own(cache), reply);
        }

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            bus.heartbeat(reply);
        }

        @Override
        public void reset() {
            bus.reset();
        }
    }

    private record ProbedCache(RemoteCache cache, TierProbe probe) implements RemoteCache {

        @Override
        public String name() {
            return cache.name();
        }

        @Override
        public int partitions() {
            return cache.partitions();
        }

        @Override
        public int partitionOf(byte[] key) {
            return cache.partitionOf(key);
        }

        @Override
        public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
            probe.sharedTierAsked();
            return cache.read(key, mode);
        }

        @Override
        public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
            probe.sharedTierAsked();
            return cache.readAll(keys, mode);
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast) {
            return cache.lease(key, leaseToken, mode, leaseMillis, atLeast);
        }

        @Override
        public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
            return cache.fill(key, leaseToken, value, atLeast);
        }

        @Override
        public CompletableFuture<Void> release(RemoteKey key, long leaseToken) {
            return cache.release(key, leaseToken);
        }

        @Override
        public CompletableFuture<StoreReply.Stored> put(RemoteKey key, RemoteValue value, long atLeast) {
            return cache.put(key, value, atLeast);
        }

        @Override
        public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
            return cache.putIfAbsent(key, value, atLeast);
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(int partition, List<RemoteKey> keys, long atLeast) {
            return cache.invalidate(partition, keys, atLeast);
        }

        @Override
        public CompletableFuture<Long> clear(int partition, long atLeast) {
            return cache.clear(partition, atLeast);
        }

        @Override
        public CompletableFuture<Void> repair(int partition, String history, long atLeast) {
            return cache.repair(partition, history, atLeast);
        }
    }
}
