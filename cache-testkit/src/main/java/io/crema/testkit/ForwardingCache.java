package io.crema.testkit;

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A cache of a remote tier that hands every call to another one, for subclasses that change some of them. Threading,
 * errors and cost as the cache that it wraps.
 */
public abstract class ForwardingCache implements RemoteCache {

    private final RemoteCache cache;

    protected ForwardingCache(RemoteCache cache) {
        this.cache = cache;
    }

    /** The one that is wrapped. */
    protected final RemoteCache cache() {
        return cache;
    }

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
    public int tagPartition() {
        return cache.tagPartition();
    }

    @Override
    public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
        return cache.read(key, mode);
    }

    @Override
    public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
        return cache.readAll(keys, mode);
    }

    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        return cache.lease(key, leaseToken, mode, known, leaseMillis, atLeast);
    }

    @Override
    public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
        return cache.fill(key, leaseToken, value, atLeast);
    }

    @Override
    public CompletableFuture<StoreReply> renew(
            RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
        return cache.renew(key, leaseToken, known, renewal, atLeast);
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
        return cache.release(key, leaseToken, failures, holdMillis);
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return cache.put(key, value, holder, atLeast);
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return cache.putIfAbsent(key, value, atLeast);
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return cache.invalidate(partition, keys, least, atLeast);
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        return cache.expire(partition, keys, least, atLeast);
    }

    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        return cache.quarantine(key, holder, millis, atLeast);
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        return cache.endQuarantine(key, holder, atLeast);
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        return cache.tagVersions(tags, keepMillis, atLeast);
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        return cache.invalidateTag(tag, token, atLeast);
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        return cache.clear(partition, atLeast);
    }

    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        return cache.repair(partition, history, repair, atLeast);
    }

    @Override
    public Optional<WriteJournal> journal() {
        return cache.journal();
    }
}
