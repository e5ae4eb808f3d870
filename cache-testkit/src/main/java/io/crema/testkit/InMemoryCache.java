package io.crema.testkit;

import io.crema.spi.InvalidateReply;
import io.crema.spi.Invalidation;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.spi.TagReply;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One instance's view of a cache on the server in memory. */
final class InMemoryCache implements RemoteCache {

    private final InMemoryServer server;
    private final InMemoryRemote instance;
    private final String name;
    private final int partitions;

    InMemoryCache(InMemoryServer server, InMemoryRemote instance, String name, int partitions) {
        this.server = server;
        this.instance = instance;
        this.name = name;
        this.partitions = partitions;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int partitions() {
        return partitions;
    }

    @Override
    public int partitionOf(byte[] key) {
        int hash = Arrays.hashCode(key) * 0x9E3779B9;
        return Math.floorMod(hash ^ (hash >>> 16), partitions);
    }

    @Override
    public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
        return instance.command(Operation.READ, () -> store(key).read(key, mode, server.micros()));
    }

    @Override
    public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
        List<RemoteKey> asked = List.copyOf(keys);
        return instance.command(
                Operation.READ_ALL,
                () -> asked.stream()
                        .map(key -> store(key).read(key, mode, server.micros()))
                        .toList());
    }

    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast) {
        return instance.command(
                Operation.LEASE, () -> store(key).lease(key, leaseToken, mode, leaseMillis, atLeast, server.micros()));
    }

    @Override
    public CompletableFuture<StoreReply> fill(
            RemoteKey key, long leaseToken, long leaseStamp, RemoteValue value, long atLeast) {
        return instance.command(
                Operation.FILL, () -> store(key).fill(key, leaseToken, value, atLeast, server.micros()));
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken) {
        return instance.command(Operation.RELEASE, () -> {
                    store(key).release(key, leaseToken, server.micros());
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return instance.command(Operation.PUT, () -> {
            StoreReply.Stored stored = store(key).put(key, value, atLeast, server.micros());
            publish(key.partition(), stored.stamp(), List.of(key));
            return stored;
        });
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return instance.command(Operation.PUT_IF_ABSENT, () -> {
            StoreReply reply = store(key).putIfAbsent(key, value, atLeast, server.micros());
            if (reply instanceof StoreReply.Stored stored) {
                publish(key.partition(), stored.stamp(), List.of(key));
            }
            return reply;
        });
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        if (keys.isEmpty() || keys.stream().anyMatch(key -> key.partition() != partition)) {
            throw new IllegalArgumentException(
                    name + ": an invalidation names at least one key, all of partition " + partition + ", not " + keys);
        }
        List<RemoteKey> asked = List.copyOf(keys);
        return instance.command(Operation.INVALIDATE, () -> {
            InvalidateReply reply = server.store(name, partition).invalidate(asked, atLeast, server.micros());
            publish(partition, reply.stamp(), asked);
            return reply;
        });
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        return instance.command(Operation.CLEAR, () -> {
            long floor = server.store(name, partition).clear(atLeast, server.micros());
            server.publish(name, partition, (listener, over) -> listener.onClear(over, name, partition, floor));
            return floor;
        });
    }

    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        return instance.command(Operation.REPAIR, () -> {
            PartitionStore store = server.store(name, partition);
            if (store.repair(history, atLeast, server.micros())) {
                long floor = store.floor();
                server.publish(name, partition, (listener, over) -> listener.onClear(over, name, partition, floor));
            }
            return store.clock();
        });
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public CompletableFuture<Long> replay(int partition, List<RemoteKey> keys, long before, long atLeast) {
        throw new UnsupportedOperationException("to be built");
    }

    @Override
    public String toString() {
        return instance + "/" + name;
    }

    private PartitionStore store(RemoteKey key) {
        return server.store(name, key.partition());
    }

    private void publish(int partition, long stamp, List<RemoteKey> keys) {
        List<byte[]> bytes = keys.stream().map(key -> key.bytes().clone()).toList();
        Invalidation message =
                new Invalidation(partition, Invalidation.Kind.WRITTEN, stamp, keys.size(), bytes, server.micros());
        server.publish(name, partition, (listener, over) -> listener.onInvalidation(over, name, message));
    }
}
