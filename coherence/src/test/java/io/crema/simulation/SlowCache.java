package io.crema.simulation;

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
import io.crema.testkit.ForwardingCache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A cache behind a network. */
final class SlowCache extends ForwardingCache {

    private final Commands commands;

    SlowCache(RemoteCache cache, Commands commands) {
        super(cache);
        this.commands = commands;
    }

    @Override
    public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
        return commands.send("READ", key, () -> super.read(key, mode));
    }

    @Override
    public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
        return commands.send("READ_ALL", Trace.NO_KEY, () -> super.readAll(keys, mode));
    }

    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        return commands.send("LEASE", key, () -> super.lease(key, leaseToken, mode, known, leaseMillis, atLeast));
    }

    @Override
    public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
        return commands.send("FILL", key, () -> super.fill(key, leaseToken, value, atLeast));
    }

    @Override
    public CompletableFuture<StoreReply> renew(
            RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
        return commands.send("RENEW", key, () -> super.renew(key, leaseToken, known, renewal, atLeast));
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
        return commands.send("RELEASE", key, () -> super.release(key, leaseToken, failures, holdMillis));
    }

    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return commands.send("PUT", key, () -> super.put(key, value, holder, atLeast));
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return commands.send("PUT_IF_ABSENT", key, () -> super.putIfAbsent(key, value, atLeast));
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return commands.send("INVALIDATE", keys.get(0), () -> super.invalidate(partition, keys, least, atLeast));
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        return commands.send("EXPIRE", keys.get(0), () -> super.expire(partition, keys, least, atLeast));
    }

    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        return commands.send("QUARANTINE", key, () -> super.quarantine(key, holder, millis, atLeast));
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        return commands.send("END_QUARANTINE", key, () -> super.endQuarantine(key, holder, atLeast));
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        return commands.send("TAG_VERSIONS", Trace.NO_KEY, () -> super.tagVersions(tags, keepMillis, atLeast));
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        return commands.send("INVALIDATE_TAG", Trace.NO_KEY, () -> super.invalidateTag(tag, token, atLeast));
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        return commands.send("CLEAR", Trace.NO_KEY, () -> super.clear(partition, atLeast));
    }

    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        return commands.send("REPAIR", Trace.NO_KEY, () -> super.repair(partition, history, repair, atLeast));
    }

    @Override
    public Optional<WriteJournal> journal() {
        return super.journal().map(journal -> new SlowJournal(journal, commands));
    }
}
