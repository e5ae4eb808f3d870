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
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.spi.TagReply;
import io.crema.spi.WriteJournal;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One cache in Redis. Every write is one script. Immutable but for its connection. */
public final class RedisCache implements RemoteCache {

    /** The most keys of one invalidation; their number has 16 bits in its message. */
    private static final int MAX_INVALIDATED = 65_535;

    private static final byte[] FROM = Commands.ascii(0);

    /** Where the first read of a header ends: behind a few tags of usual length. */
    private static final byte[] HEAD_TO = Commands.ascii(511);

    private static final byte[] WHOLE_HEAD_TO = Commands.ascii(RecordFormat.MAX_HEAD_BYTES - 1);

    private final RedisStore store;
    private final CacheMeta meta;
    private final KeyLayout layout;
    private final RedisJournal journal;

    RedisCache(RedisStore store, CacheMeta meta) {
        this.store = store;
        this.meta = meta;
        this.layout = new KeyLayout(meta.namespace(), meta.cache(), meta.partitions(), store.database());
        this.journal = new RedisJournal(store, meta.cache(), layout);
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
        return store.read(layout.entry(key));
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
            headers.add(readHead(key));
        }
        CompletableFuture<?>[] all = headers.toArray(new CompletableFuture<?>[headers.size() + 1]);
        all[headers.size()] = floorReply;
        return CompletableFuture.allOf(all).thenApply(nothing -> {
            long now = store.clock().upperBoundMillis();
            List<RemoteRecord> records = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                long floor = floors.of(keys.get(i), floorReply.join());
                records.add(RecordFormat.decodeHead(headers.get(i).join().get(0), floor, now));
            }
            return records;
        });
    }

    /** Reads once more where tags were cut off. */
    private CompletableFuture<List<byte @Nullable []>> readHead(RemoteKey key) {
        byte[] name = layout.entry(key);
        return store.send(CommandType.GETRANGE, List.of(name, FROM, HEAD_TO))
                .thenCompose(reply -> RecordFormat.hasAllTags(reply.get(0))
                        ? CompletableFuture.completedFuture(reply)
                        : store.send(CommandType.GETRANGE, List.of(name, FROM, WHOLE_HEAD_TO)));
    }

    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        if (leaseMillis <= 0) {
            throw new IllegalArgumentException(
                    "Cache " + name() + ": a lease must last at least 1 ms, not " + leaseMillis);
        }
        List<byte[]> values = List.of(
                Commands.ascii(atLeast),
                Arguments.token(leaseToken),
                Arguments.millis(leaseMillis),
                Arguments.mode(mode),
                Arguments.token(known));
        return store.run(Script.LEASE, entryKeys(key), values, reply -> {
            if (Commands.number(reply.get(0)) == 1) {
                return new LeaseReply.Granted((int) Commands.number(reply.get(2)));
            }
            long floor = Commands.number(reply.get(2));
            byte[] record = reply.size() > 3 ? reply.get(3) : null;
            return new LeaseReply.Refused(
                    RecordFormat.decode(record, floor, store.clock().upperBoundMillis()));
        });
    }

    @Override
    public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
        List<byte[]> values = new ArrayList<>(10);
        values.add(Commands.ascii(atLeast));
        values.add(Arguments.token(leaseToken));
        Arguments.addTo(values, value);
        return store.run(Script.FILL, entryKeys(key), values, Replies::store);
    }

    @Override
    public CompletableFuture<StoreReply> renew(
            RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
        List<byte[]> values = new ArrayList<>(9);
        values.add(Commands.ascii(atLeast));
        values.add(Arguments.token(leaseToken));
        values.add(Arguments.token(known));
        Arguments.addTo(values, renewal);
        return store.run(Script.RENEW, entryKeys(key), values, Replies::store);
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
        if (failures < 0 || failures > 255 || holdMillis < 0) {
            throw new IllegalArgumentException("Cache " + name()
                    + ": a key is held back after 0 to 255 failures, but not after " + failures + " for " + holdMillis
                    + " ms");
        }
        return run(
                Script.RELEASE,
                List.of(layout.clock(key.partition()), layout.entry(key)),
                List.of(Arguments.token(leaseToken), Commands.ascii(failures), Arguments.millis(holdMillis)));
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, key.partition(), atLeast);
        values.add(Arguments.token(holder));
        Arguments.addTo(values, value);
        return store.run(Script.PUT, entryKeys(key), values, Replies::store);
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, key.partition(), atLeast);
        Arguments.addTo(values, value);
        return Replies.decided(store.run(Script.PUT_IF_ABSENT, entryKeys(key), values, Replies::store));
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return store.run(
                Script.INVALIDATE,
                partitionKeys(partition, keys),
                leastValues(partition, least, atLeast),
                Replies::invalidation);
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        List<byte[]> keys = List.of(layout.clock(partition), layout.floor(partition));
        return store.run(Script.CLEAR, keys, Arguments.publishing(layout, partition, atLeast), Replies::stamp);
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
        List<byte[]> values = Arguments.publishing(layout, partition, atLeast);
        values.add(Commands.ascii(history));
        values.add(Commands.ascii(repair == Repair.CLEAR ? 1 : 0));
        return store.agree(meta).thenCompose(found -> {
            String refusal = meta.refusal(found);
            if (refusal == null && CacheMeta.partitionsIn(found) != partitions()) {
                refusal =
                        "Cache " + name() + " was opened with " + partitions() + " partitions, but after a loss of its"
                                + " data in Redis other instances agreed on " + CacheMeta.partitionsIn(found)
                                + "; restart this instance";
            }
            return refusal == null
                    ? Replies.explained(name(), store.run(Script.REPAIR, keys, values, Replies::stamp))
                    : CompletableFuture.failedFuture(new IllegalStateException(refusal));
        });
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        List<byte[]> names = partitionKeys(partition, keys);
        List<byte[]> values = leastValues(partition, least, atLeast);
        Arguments.addRandomTokens(values, keys.size());
        return store.run(Script.EXPIRE, names, values, Replies::invalidation);
    }

    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        if (holder == 0 || millis <= 0) {
            throw new IllegalArgumentException("Cache " + name()
                    + ": a quarantine must have a holder other than 0 and last at least 1 ms, not " + millis);
        }
        List<byte[]> values = Arguments.publishing(layout, key.partition(), atLeast);
        values.add(Arguments.token(holder));
        values.add(Arguments.millis(millis));
        return Replies.explained(name(), store.run(Script.QUARANTINE, entryKeys(key), values, Replies::stamp));
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, key.partition(), atLeast);
        values.add(Arguments.token(holder));
        return store.run(Script.END_QUARANTINE, entryKeys(key), values, Replies::stamp);
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        if (keepMillis <= 0) {
            throw new IllegalArgumentException(
                    "Cache " + name() + ": tags must be remembered for at least 1 ms, not " + keepMillis);
        }
        List<byte[]> names = new ArrayList<>(2 + tags.size());
        names.add(layout.clock(tagPartition()));
        names.add(layout.floor(tagPartition()));
        for (String tag : tags) {
            names.add(layout.entry(tagKey(tag)));
        }
        List<byte[]> values = new ArrayList<>(2 + tags.size());
        values.add(Commands.ascii(atLeast));
        values.add(Arguments.millis(keepMillis));
        Arguments.addRandomTokens(values, tags.size());
        return Replies.explained(
                name(), store.run(Script.TAGS, names, values, reply -> Replies.tagVersions(tags, reply)));
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, tagPartition(), atLeast);
        values.add(Arguments.token(token));
        return store.run(Script.INVALIDATE_TAG, entryKeys(tagKey(tag)), values, Replies::stamp);
    }

    @Override
    public Optional<WriteJournal> journal() {
        return Optional.of(journal);
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

    private RemoteKey tagKey(String tag) {
        return new RemoteKey(tagPartition(), RecordFormat.tagName(tag));
    }

    /** The clock, the floor and keys that must all be of one partition. */
    private List<byte[]> partitionKeys(int partition, List<RemoteKey> keys) {
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
        return names;
    }

    private List<byte[]> leastValues(int partition, long least, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, partition, atLeast);
        values.add(Arguments.token(least));
        return values;
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
