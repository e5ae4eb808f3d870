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
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.spi.TagReply;
import io.crema.spi.WriteJournal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        return instance.command(
                Operation.LEASE,
                () -> store(key).lease(key, leaseToken, mode, known, leaseMillis, atLeast, server.micros()));
    }

    @Override
    public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
        return instance.command(
                Operation.FILL, () -> store(key).fill(key, leaseToken, value, atLeast, server.micros()));
    }

    @Override
    public CompletableFuture<StoreReply> renew(
            RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
        return instance.command(
                Operation.RENEW, () -> store(key).renew(key, leaseToken, known, renewal, atLeast, server.micros()));
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
        if (failures < 0 || failures > 255 || holdMillis < 0) {
            throw new IllegalArgumentException(
                    "Cache " + name() + ": a key is held back after 0 to 255 failures, but not after " + failures
                            + " for " + holdMillis + " ms");
        }
        return instance.command(Operation.RELEASE, () -> {
                    store(key).release(key, leaseToken, failures, holdMillis, server.micros());
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return instance.command(Operation.PUT, () -> {
            long before = store(key).clock();
            StoreReply reply = store(key).put(key, value, holder, atLeast, server.micros());
            if (store(key).clock() != before) {
                publishWritten(key);
            }
            return reply;
        });
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return instance.command(Operation.PUT_IF_ABSENT, () -> {
            StoreReply reply = store(key).putIfAbsent(key, value, atLeast, server.micros());
            if (reply instanceof StoreReply.Stored) {
                publishWritten(key);
            }
            return reply;
        });
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        List<RemoteKey> asked = ofOnePartition(partition, keys);
        return instance.command(Operation.INVALIDATE, () -> {
            InvalidateReply reply = store(partition).invalidate(asked, least, atLeast, server.micros());
            publish(partition, Invalidation.Kind.WRITTEN, bytes(asked));
            return reply;
        });
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        List<RemoteKey> asked = ofOnePartition(partition, keys);
        return instance.command(Operation.EXPIRE, () -> {
            InvalidateReply reply = store(partition).expire(asked, least, atLeast, server.micros());
            publish(partition, Invalidation.Kind.EXPIRED, bytes(asked));
            return reply;
        });
    }

    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        return instance.command(Operation.QUARANTINE, () -> {
            long clock = store(key).quarantine(key, holder, millis, atLeast, server.micros());
            publishWritten(key);
            return clock;
        });
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        return instance.command(Operation.END_QUARANTINE, () -> {
            long clock = store(key).endQuarantine(key, holder, atLeast, server.micros());
            publishWritten(key);
            return clock;
        });
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        List<String> asked = List.copyOf(tags);
        return instance.command(Operation.TAG_VERSIONS, () -> {
            PartitionStore store = store(tagPartition());
            long now = server.micros();
            long clock = store.startClock(atLeast, now);
            return new TagReply(
                    clock,
                    asked.stream()
                            .map(tag -> store.tags()
                                    .version(tag, clock, store.floor(), keepMillis, Math.floorDiv(now, 1000L)))
                            .toList());
        });
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        return instance.command(Operation.INVALIDATE_TAG, () -> {
            long clock = store(tagPartition()).invalidateTag(tag, token, atLeast, server.micros());
            publish(tagPartition(), Invalidation.Kind.WRITTEN, List.of(tag.getBytes(StandardCharsets.UTF_8)));
            return clock;
        });
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        return instance.command(Operation.CLEAR, () -> {
            long floor = store(partition).clear(atLeast, server.micros());
            publishClear(partition, floor);
            return floor;
        });
    }

    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        return instance.command(Operation.REPAIR, () -> {
            String here = server.history(server.primaryOf(name, partition));
            if (!here.equals(history)) {
                throw new IllegalStateException(
                        name + ": " + history + " is to be repaired, but the primary's history is " + here);
            }
            PartitionStore store = store(partition);
            switch (store.repair(history, repair, atLeast, server.micros())) {
                case NOTHING -> {}
                case KEPT ->
                    server.publish(name, partition, (listener, over) -> listener.onUnreadable(over, name, partition));
                case CLEARED -> publishClear(partition, store.floor());
            }
            return store.epochStamp();
        });
    }

    @Override
    public Optional<WriteJournal> journal() {
        return Optional.of(new InMemoryJournal(server, instance, name, tagPartition()));
    }

    @Override
    public String toString() {
        return instance + "/" + name;
    }

    private List<RemoteKey> ofOnePartition(int partition, List<RemoteKey> keys) {
        if (keys.isEmpty() || keys.stream().anyMatch(key -> key.partition() != partition)) {
            throw new IllegalArgumentException(
                    name + ": an invalidation names at least one key, all of partition " + partition + ", not " + keys);
        }
        return List.copyOf(keys);
    }

    private PartitionStore store(RemoteKey key) {
        return store(key.partition());
    }

    private PartitionStore store(int partition) {
        return server.store(name, partition);
    }

    private static List<byte[]> bytes(List<RemoteKey> keys) {
        return keys.stream().map(key -> key.bytes().clone()).toList();
    }

    private void publishWritten(RemoteKey key) {
        publish(key.partition(), Invalidation.Kind.WRITTEN, bytes(List.of(key)));
    }

    /** What was written last advanced the clock by the number of its keys. */
    private void publish(int partition, Invalidation.Kind kind, List<byte[]> keys) {
        Invalidation message =
                new Invalidation(partition, kind, store(partition).clock(), keys.size(), keys, server.micros());
        server.publish(name, partition, (listener, over) -> listener.onInvalidation(over, name, message));
    }

    private void publishClear(int partition, long floor) {
        server.publish(name, partition, (listener, over) -> listener.onClear(over, name, partition, floor));
    }
}
