package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.wire.CacheMeta;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.RecordFormat;
import io.crema.spi.InvalidateReply;
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
import io.lettuce.core.protocol.CommandType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One cache in Redis. Every write is one script. Immutable but for its connection. */
public final class RedisCache implements RemoteCache {

    /** The most keys of one invalidation; their number has 16 bits in its message. */
    private static final int MAX_INVALIDATED = 65_535;

    /** Longer times than this, a thousand years, are cut to it, so that a sum of times stays within 48 bits. */
    private static final long MAX_MILLIS = 31_536_000_000_000L;

    private static final byte[] HEADER_FROM = Commands.ascii(0);
    private static final byte[] HEADER_TO = Commands.ascii(RecordFormat.HEADER_BYTES - 1);

    private final RedisStore store;
    private final CacheMeta meta;
    private final KeyLayout layout;

    RedisCache(RedisStore store, CacheMeta meta) {
        this.store = store;
        this.meta = meta;
        this.layout = new KeyLayout(meta.namespace(), meta.cache(), meta.partitions(), store.database());
    }

    @Override
    public String name() {
        return meta.cache();
    }

    @Override
    public int partitions() {
        return layout.partitions();
    }

    @Override
    public int partitionOf(byte[] key) {
        return layout.partitionOf(key);
    }

    public KeyLayout layout() {
        return layout;
    }

    @Override
    public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
        if (mode != ReadMode.VALUE) {
            return readAll(List.of(key), mode).thenApply(records -> records.get(0));
        }
        Session session = store.session();
        return session == null ? store.notConnected() : session.reader.read(layout.entry(key));
    }

    @Override
    public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return switch (mode) {
            case VALUE -> readValues(keys);
            case VALUE_AND_FLOOR -> readValuesAndFloors(keys);
            case HEADER -> readHeaders(keys);
        };
    }

    private CompletableFuture<List<RemoteRecord>> readValues(List<RemoteKey> keys) {
        return store.send(CommandType.MGET, names(keys)).thenApply(reply -> {
            long now = store.clock().upperBoundMillis();
            List<RemoteRecord> records = new ArrayList<>(reply.size());
            for (byte[] bytes : reply) {
                records.add(RecordFormat.decode(bytes, RemoteRecord.NO_FLOOR, now));
            }
            return records;
        });
    }

    /** One MGET, which is atomic: floors and records are of one moment. */
    private CompletableFuture<List<RemoteRecord>> readValuesAndFloors(List<RemoteKey> keys) {
        FloorIndex floors = new FloorIndex(keys);
        List<byte[]> names = new ArrayList<>(floors.names());
        names.addAll(names(keys));
        return store.send(CommandType.MGET, names).thenApply(reply -> {
            long now = store.clock().upperBoundMillis();
            List<RemoteRecord> records = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                records.add(RecordFormat.decode(reply.get(floors.size() + i), floors.of(keys.get(i), reply), now));
            }
            return records;
        });
    }

    /** The floors first, so that they are not later than the headers. */
    private CompletableFuture<List<RemoteRecord>> readHeaders(List<RemoteKey> keys) {
        FloorIndex floors = new FloorIndex(keys);
        CompletableFuture<List<byte @Nullable []>> floorReply = store.send(CommandType.MGET, floors.names());
        List<CompletableFuture<List<byte @Nullable []>>> headers = new ArrayList<>(keys.size());
        for (RemoteKey key : keys) {
            headers.add(store.send(CommandType.GETRANGE, List.of(layout.entry(key), HEADER_FROM, HEADER_TO)));
        }
        CompletableFuture<?>[] all = headers.toArray(new CompletableFuture<?>[headers.size() + 1]);
        all[headers.size()] = floorReply;
        return CompletableFuture.allOf(all).thenApply(nothing -> {
            long now = store.clock().upperBoundMillis();
            List<RemoteRecord> records = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                long floor = floors.of(keys.get(i), floorReply.join());
                records.add(RecordFormat.decode(headers.get(i).join().get(0), floor, now));
            }
            return records;
        });
    }

    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast) {
        if (leaseMillis <= 0) {
            throw new IllegalArgumentException(
                    "Cache " + name() + ": a lease must last at least 1 ms, not " + leaseMillis);
        }
        byte[] modeArgument = Commands.ascii(mode == LeaseMode.UNLESS_FRESH ? 0 : 1);
        byte[] millis = Commands.ascii(Math.min(leaseMillis, MAX_MILLIS));
        List<byte[]> values = List.of(Commands.ascii(atLeast), token(leaseToken), millis, modeArgument);
        return store.run(Script.LEASE, entryKeys(key), values, reply -> {
            if (Commands.number(reply.get(0)) == 1) {
                return new LeaseReply.Granted(Long.MAX_VALUE);
            }
            long floor = Commands.number(reply.get(2));
            byte[] record = reply.size() > 3 ? reply.get(3) : null;
            return new LeaseReply.Refused(
                    RecordFormat.decode(record, floor, store.clock().upperBoundMillis()));
        });
    }

    @Override
    public CompletableFuture<StoreReply> fill(
            RemoteKey key, long leaseToken, long leaseStamp, RemoteValue value, long atLeast) {
        List<byte[]> values = new ArrayList<>(9);
        values.add(Commands.ascii(atLeast));
        values.add(token(leaseToken));
        addTo(values, value);
        return store.run(Script.FILL, entryKeys(key), values, RedisCache::storeReply);
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken) {
        return run(Script.RELEASE, List.of(layout.entry(key)), List.of(token(leaseToken)));
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return store.run(Script.PUT, entryKeys(key), putValues(key, value, atLeast), RedisCache::storeReply);
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        CompletableFuture<StoreReply> reply = new CompletableFuture<>();
        store.run(Script.PUT_IF_ABSENT, entryKeys(key), putValues(key, value, atLeast), RedisCache::storeReply)
                .whenComplete((stored, failure) -> {
                    if (stored != null) {
                        reply.complete(stored);
                    } else if (failure.getMessage() != null
                            && failure.getMessage().startsWith("OPAQUE")) {
                        reply.completeExceptionally(new IllegalStateException(
                                "Cache " + name() + ": whether the key has a value cannot be told, because it holds a"
                                        + " record of another version; put or invalidate it",
                                failure));
                    } else {
                        reply.completeExceptionally(failure);
                    }
                });
        return reply;
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        if (keys.isEmpty() || keys.size() > MAX_INVALIDATED) {
            throw new IllegalArgumentException("Cache " + name() + ": an invalidation takes 1 to " + MAX_INVALIDATED
                    + " keys, not " + keys.size());
        }
        List<byte[]> names = new ArrayList<>(2 + keys.size());
        names.add(layout.clock(partition));
        names.add(layout.floor(partition));
        for (RemoteKey key : keys) {
            if (key.partition() != partition) {
                throw new IllegalArgumentException(
                        "Cache " + name() + ": " + key + " is not of partition " + partition);
            }
            names.add(layout.entry(key));
        }
        List<byte[]> values = List.of(layout.channel(partition), Commands.ascii(atLeast));
        return store.run(Script.INVALIDATE, names, values, reply -> {
            byte[] flags = reply.get(2);
            List<Boolean> removed = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                removed.add(flags != null && flags[i] == '1');
            }
            return new InvalidateReply(Commands.number(reply.get(0)), removed);
        });
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        List<byte[]> keys = List.of(layout.clock(partition), layout.floor(partition));
        List<byte[]> values = List.of(layout.channel(partition), Commands.ascii(atLeast));
        return store.run(Script.CLEAR, keys, values, reply -> Commands.number(reply.get(0)));
    }

    /** A clock that came into being with the first fill would look like a message missed to everybody else. */
    CompletableFuture<Void> startClocks() {
        CompletableFuture<?>[] started = new CompletableFuture<?>[1 + partitions()];
        for (int p = 0; p < started.length; p++) {
            started[p] = run(Script.START, List.of(layout.clock(p), layout.floor(p)), List.of());
        }
        return CompletableFuture.allOf(started);
    }

    /** The terms may be gone with the lost history: they are set again first, before anybody sets others. */
    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        List<byte[]> keys = List.of(layout.clock(partition), layout.floor(partition), layout.epoch(partition));
        List<byte[]> values = List.of(layout.channel(partition), Commands.ascii(atLeast), Commands.ascii(history));
        return store.agree(meta).thenCompose(found -> {
            String refusal = meta.refusal(found);
            if (refusal == null && CacheMeta.partitionsIn(found) != partitions()) {
                refusal =
                        "Cache " + name() + " was opened with " + partitions() + " partitions, but after a loss of its"
                                + " data in Redis other instances agreed on " + CacheMeta.partitionsIn(found)
                                + "; restart this instance";
            }
            return refusal == null
                    ? store.run(Script.REPAIR, keys, values, reply -> Commands.number(reply.get(0)))
                    : CompletableFuture.failedFuture(new IllegalStateException(refusal));
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
        return "RedisCache[" + meta.namespace() + ":" + name() + ", " + partitions() + " partitions]";
    }

    /** Executes a script of whose reply nothing is needed. */
    private CompletableFuture<Void> run(Script script, List<byte[]> keys, List<byte[]> values) {
        return store.run(script, keys, values, Function.<List<byte @Nullable []>>identity())
                .thenAccept(reply -> {});
    }

    private List<byte[]> entryKeys(RemoteKey key) {
        int partition = key.partition();
        return List.of(layout.clock(partition), layout.floor(partition), layout.entry(key));
    }

    private List<byte[]> putValues(RemoteKey key, RemoteValue value, long atLeast) {
        List<byte[]> values = new ArrayList<>(9);
        values.add(layout.channel(key.partition()));
        values.add(Commands.ascii(atLeast));
        addTo(values, value);
        return values;
    }

    private static void addTo(List<byte[]> values, RemoteValue value) {
        values.add(token(value.token()));
        values.add(Commands.ascii(value.isNull() ? RecordFormat.FLAG_NULL : 0));
        values.add(Commands.ascii(Byte.toUnsignedInt(value.codec())));
        values.add(value.payload());
        values.add(Commands.ascii(Math.min(value.freshMillis(), MAX_MILLIS)));
        values.add(Commands.ascii(Math.min(value.keepMillis(), MAX_MILLIS)));
        values.add(Commands.ascii(Math.min(value.loadMillis(), MAX_MILLIS)));
    }

    private static StoreReply.Stored stored(List<byte @Nullable []> reply) {
        return new StoreReply.Stored(Commands.number(reply.get(0)), Commands.number(reply.get(2)));
    }

    private static StoreReply storeReply(List<byte @Nullable []> reply) {
        return Commands.number(reply.get(0)) == 0 ? new StoreReply.Refused() : stored(reply);
    }

    private static byte[] token(long token) {
        return ByteBuffer.allocate(Long.BYTES).putLong(token).array();
    }

    private List<byte[]> names(List<RemoteKey> keys) {
        List<byte[]> names = new ArrayList<>(keys.size());
        for (RemoteKey key : keys) {
            names.add(layout.entry(key));
        }
        return names;
    }

    /** The floors of the partitions of some keys, each asked for once. */
    private final class FloorIndex {

        private final int[] positions = new int[partitions()];
        private final List<byte[]> names = new ArrayList<>();

        FloorIndex(List<RemoteKey> keys) {
            for (RemoteKey key : keys) {
                int partition = key.partition();
                if (positions[partition] == 0) {
                    names.add(layout.floor(partition));
                    positions[partition] = names.size();
                }
            }
        }

        List<byte[]> names() {
            return names;
        }

        int size() {
            return names.size();
        }

        long of(RemoteKey key, List<byte @Nullable []> reply) {
            return Commands.number(reply.get(positions[key.partition()] - 1));
        }
    }
}
