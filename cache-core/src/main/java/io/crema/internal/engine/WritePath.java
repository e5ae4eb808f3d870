package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.internal.engine.OriginWrites.Change;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.policy.WritePolicy;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a put does, and what is true when a step of it fails; {@link InvalidationPath} has the other writes.
 *
 * <p>Every write is decided in the remote tier, by one atomic operation that also tells the other instances; the stamp in
 * its reply says what it makes wrong in this one. The reply comes on another connection than the messages and may
 * overtake them, so it counts for its keys only, never for the sequence.
 *
 * <table>
 *   <caption>When the remote tier does not confirm</caption>
 *   <tr><td>put</td><td>nobody knows whether it was executed: the key is invalidated, and the caller is told whether
 *     that was confirmed</td></tr>
 *   <tr><td>putIfAbsent</td><td>the same</td></tr>
 * </table>
 *
 * Where the origin is written behind the caller, a put goes into the journal of the remote tier too, see {@link
 * BehindWrites}: nothing that is not confirmed there is invalidated, since a dirty value would stay.
 *
 * <p>Where there is a writer, {@link OriginWrites} calls it before. A delete is as a put; through = quarantine, writer, put by
 * the quarantine's holder; around = writer, invalidation.
 *
 * <table>
 *   <caption>When a step of a write to the origin fails</caption>
 *   <tr><th>step</th><th>through</th><th>around</th></tr>
 *   <tr><td>value cannot be encoded</td><td colspan="2">the caller is told, nothing has changed</td></tr>
 *   <tr><td>beginning not confirmed</td><td>the writer is called all the same; the end is an invalidation</td><td></td></tr>
 *   <tr><td>beginning refused, since a write of the key is in a journal</td><td>the caller is told, nothing has
 *     changed</td><td>the writer is called, and the write in the journal follows it</td></tr>
 *   <tr><td>process dies before the writer has ended</td><td>readers go to the origin until the quarantine's time is
 *     over; what they find is cached from then on</td><td>as if there were no cache: the old value stays while it is
 *     fresh</td></tr>
 *   <tr><td>writer fails</td><td colspan="2">nobody knows what the origin has: the key is invalidated, the caller is
 *     told of the writer's failure</td></tr>
 *   <tr><td>another writer was there meanwhile, or an invalidation</td><td>which of them was last is not known: nothing
 *     is stored, the next reader loads</td><td>the same</td></tr>
 *   <tr><td>end not confirmed</td><td>the key is invalidated, if not at once then through the {@link Outbox}; in that case
 *     the caller is told that this is pending, and that the origin has what was written</td><td>the same</td></tr>
 * </table>
 *
 * Without a remote tier the partition's own counter gives the stamps.
 */
final class WritePath<K, V> {

    /** For how long a null is fresh that is not cached. */
    private static final long DELETED_NANOS = 1_000_000;

    private final CacheEngine<K, V> engine;
    private final InvalidationPath<K, V> invalidations;
    private final @Nullable OriginWrites<K, V> origin;
    private final @Nullable BehindWrites<K, V> behind;

    /** @param writing null = there is no writer */
    WritePath(CacheEngine<K, V> engine, @Nullable Writing<K, V> writing) {
        this.engine = engine;
        this.invalidations = engine.invalidations;
        if (writing != null && writing.policy() instanceof WritePolicy.Behind policy) {
            this.origin = null;
            this.behind = new BehindWrites<>(engine, writing, policy);
        } else {
            this.origin = writing == null ? null : new OriginWrites<>(engine, writing);
            this.behind = null;
        }
    }

    /** Empty if nothing is written behind callers. */
    Optional<BehindWrites<K, V>> behind() {
        return Optional.ofNullable(behind);
    }

    BehindWrites<K, V> requireBehind() {
        return behind().orElseThrow(() -> new CacheException("Cache '" + engine.name
                + "': it does not write behind; set a writer(..) and writePolicy(WritePolicy.behind())"));
    }

    /** Whether a writer is called before a write has ended. */
    boolean isWithWriter() {
        return origin != null;
    }

    /** @param runner calls the writer, if there is one */
    CompletableFuture<Void> put(K key, @Nullable V value, EntryOptions options, Executor runner) {
        if (origin == null) {
            return put(key, value, options);
        }
        requireCached(value);
        return origin.write(new Change<>(key, value, options), runner);
    }

    /** All are sent before a reply is waited for; one that cannot be stored does not stop the others. */
    CompletableFuture<Void> putAll(Map<? extends K, ? extends V> entries, Executor runner) {
        entries.keySet().forEach(engine::requireKey);
        engine.requireOpen();
        return origin == null ? putAll(entries) : origin.writeAll(changes(entries), runner);
    }

    private List<Change<K, V>> changes(Map<? extends K, ? extends V> entries) {
        List<Change<K, V>> changes = new ArrayList<>(entries.size());
        entries.forEach((key, value) -> {
            requireCached(value);
            changes.add(new Change<>(key, value, EntryOptions.defaults()));
        });
        return changes;
    }

    /** Deletes keys in the origin. */
    CompletableFuture<Void> delete(K key, Executor runner) {
        engine.requireKey(key);
        return behind != null
                ? store(key, null, EntryOptions.defaults(), Condition.DELETED).thenApply(stored -> null)
                : requireWriter().write(new Change<>(key, null, EntryOptions.defaults()), runner);
    }

    CompletableFuture<Void> deleteAll(Collection<? extends K> keys, Executor runner) {
        keys.forEach(engine::requireKey);
        if (behind != null) {
            return CompletableFuture.allOf(new LinkedHashSet<K>(keys)
                    .stream().map(key -> delete(key, runner)).toArray(CompletableFuture<?>[]::new));
        }
        List<Change<K, V>> changes = new LinkedHashSet<K>(keys)
                .stream()
                        .map(key -> new Change<K, V>(key, null, EntryOptions.defaults()))
                        .toList();
        return requireWriter().writeAll(changes, runner);
    }

    private OriginWrites<K, V> requireWriter() {
        engine.requireOpen();
        if (origin == null) {
            throw new CacheException(
                    "Cache '" + engine.name + "': delete needs a writer, to delete in the origin; set one"
                            + " with writer(..), or invalidate the key after the origin was changed");
        }
        return origin;
    }

    CompletableFuture<Boolean> putIfAbsent(K key, @Nullable V value) {
        if (origin != null || behind != null) {
            throw new CacheException("Cache '" + engine.name
                    + "': putIfAbsent does not ask the origin whether it has the key, so it cannot be combined with a"
                    + " writer; let the origin decide, and put what it has");
        }
        return store(key, value, EntryOptions.defaults(), Condition.IF_ABSENT);
    }

    private CompletableFuture<Void> put(K key, @Nullable V value, EntryOptions options) {
        return store(key, value, options, Condition.NONE).thenApply(stored -> null);
    }

    private CompletableFuture<Void> putAll(Map<? extends K, ? extends V> entries) {
        List<CompletableFuture<Void>> puts = new ArrayList<>(entries.size());
        entries.forEach((key, value) -> {
            try {
                puts.add(put(key, value, EntryOptions.defaults()));
            } catch (RuntimeException e) {
                puts.add(CompletableFuture.failedFuture(e));
            }
        });
        return CompletableFuture.allOf(puts.toArray(CompletableFuture[]::new));
    }

    private void requireCached(@Nullable V value) {
        if (!engine.entries.isCached(value)) {
            throw new CacheException("Cache '" + engine.name
                    + "': null cannot be put because nulls are not cached; set nulls(NullCaching.cachedFor(..)),"
                    + (origin == null ? " or invalidate the key" : " or delete the key"));
        }
    }

    /** Ends a quarantine; the value is kept if nobody but its holder was there. */
    CompletableFuture<Boolean> putFenced(K key, @Nullable V value, EntryOptions options, long holder) {
        return store(key, value, options, new Condition(false, holder, false));
    }

    /**
     * When a value is stored.
     *
     * @param ifAbsent whether only where there is none
     * @param holder whose quarantine it ends; 0 = nobody's
     * @param deleted whether the value is a null that stands for none, cached or not
     */
    private record Condition(boolean ifAbsent, long holder, boolean deleted) {

        static final Condition NONE = new Condition(false, 0, false);
        static final Condition IF_ABSENT = new Condition(true, 0, false);
        static final Condition DELETED = new Condition(false, 0, true);
    }

    private CompletableFuture<Boolean> store(K key, @Nullable V value, EntryOptions options, Condition condition) {
        engine.requireKey(key);
        engine.requireOpen();
        if (!condition.deleted()) {
            requireCached(value);
        }
        long fresh = engine.entries.freshNanos(value, options);
        // A null that is not cached is there until it has been written.
        long freshNanos = fresh == Entries.NOT_CACHED ? DELETED_NANOS : fresh;
        if (condition.ifAbsent() && engine.hasRemoteTier() && !engine.storesRemotely()) {
            throw new CacheException("Cache '" + engine.name
                    + "': putIfAbsent needs a remote tier that stores values, to decide for all instances; this one"
                    + " carries invalidations only: load the value, or put it");
        }
        Route<K> route = engine.route(key);
        Write write = new Write(route.partition(), engine.clock.coarse());
        NearEntry<V> own = engine.entries.written(write, key, value, freshNanos, options);
        if (!route.isRemote()) {
            if (behind != null) {
                return CompletableFuture.failedFuture(behind.notReached());
            }
            return engine.hasRemoteTier()
                    ? invalidations.unconfirmed(List.of(route), "put", 0, InvalidationPath.notReached())
                    : storeHere(route, write, own, options, condition);
        }
        if (condition.ifAbsent() && engine.outbox.holds(key)) {
            return CompletableFuture.failedFuture(invalidations.pending(
                    "an earlier invalidation of the key, so whether it has a value cannot be told",
                    new IllegalStateException("it waits to be sent again")));
        }
        // Encoded before anything is sent: a value that cannot be has changed nothing.
        RemoteValue untagged = engine.entries.remoteValue(key, own, freshNanos, 0);
        engine.flights.add(key, write);
        return tagged(route, own, options)
                .thenCompose(entry -> entry.isEmpty()
                        ? afterUnknownStore(route, entry.reason())
                        : send(route, write, entry.get(), untagged, condition))
                .whenComplete((stored, failure) -> {
                    engine.flights.remove(key, write);
                    if (Boolean.TRUE.equals(stored)) {
                        engine.events.invalidated(key);
                    }
                });
    }

    /**
     * The entry with the versions of its tags. Those that this instance knows will do: where one is not the present one
     * any more, the put counts as made before the tag was invalidated.
     */
    private CompletableFuture<Answer<NearEntry<V>>> tagged(Route<K> route, NearEntry<V> own, EntryOptions options) {
        if (options.tags().isEmpty()) {
            return CompletableFuture.completedFuture(Answer.of(own));
        }
        return route.tags()
                .read(options.tags(), engine.entries.keepMillis(own), engine.tagSource())
                .thenApply(versions -> versions.map(own::tagged));
    }

    private CompletableFuture<Boolean> send(
            Route<K> route, Write write, NearEntry<V> own, RemoteValue untagged, Condition condition) {
        RemoteValue value = own.tags == null ? untagged : untagged.withTags(own.tags.toEmbed());
        AtomicLong met = new AtomicLong(write.partition.highest());
        CompletableFuture<Answer<StoreReply>> reply;
        if (behind != null && condition.holder() == 0) {
            reply = behind.append(route.remoteKey(), value, write.partition, met);
        } else if (condition.ifAbsent()) {
            reply = new AbsentPut<>(engine, route, value).start();
        } else {
            reply = route.access()
                    .put(route.remoteKey(), value, condition.holder(), met.get())
                    .thenApply(answer -> noted(route, answer));
        }
        return reply.thenCompose(answer -> onStored(route, write, own, value, met.get(), answer));
    }

    /** A put that a quarantine refuses is an invalidation all the same; its reply may come before its message. */
    private Answer<StoreReply> noted(Route<K> route, Answer<StoreReply> answer) {
        if (answer.isPresent() && !(answer.get() instanceof StoreReply.Stored)) {
            engine.dropHere(route.key());
            engine.acknowledged(route);
        }
        if (answer.isPresent() && answer.get() instanceof StoreReply.Refused) {
            engine.events.invalidated(route.key());
        }
        return answer;
    }

    private CompletableFuture<Boolean> onStored(
            Route<K> route,
            Write write,
            NearEntry<V> own,
            RemoteValue remoteValue,
            long met,
            Answer<StoreReply> answer) {
        if (answer.isEmpty()) {
            return afterUnknownStore(route, answer.reason());
        }
        if (answer.get() instanceof StoreReply.Full) {
            return CompletableFuture.failedFuture(requireBehind().rejected(route.key()));
        }
        if (answer.get() instanceof StoreReply.Undecided undecided) {
            return CompletableFuture.failedFuture(
                    new CacheException("Cache '" + engine.name + "': " + (behind == null ? "putIfAbsent" : "a write")
                            + " cannot be decided, and nothing has changed: " + undecided.reason()));
        }
        if (answer.get() instanceof StoreReply.TooOld) {
            // Something newer is known there, so what is here is older than that too.
            engine.dropHere(route.key());
            if (behind != null) {
                return CompletableFuture.failedFuture(behind.tooOld());
            }
        }
        if (!(answer.get() instanceof StoreReply.Stored stored)) {
            return CompletableFuture.completedFuture(false);
        }
        boolean wentBack = engine.rules.wentBack(stored.stamp(), met);
        write.partition.wrote(stored.stamp(), met);
        if (wentBack && behind != null) {
            // The origin may have been told of that id already, of a write that a fail-over has forgotten.
            return afterUnknownStore(route, InvalidationPath.replaced());
        }
        if (!engine.acknowledged(route, remoteValue.originVersion(), stored.stamp())) {
            return afterUnknownStore(route, InvalidationPath.replaced());
        }
        engine.invalidated(route.key(), write.partition, stored.stamp());
        if (!engine.storesRemotely() && own.originVersion != 0) {
            // Nobody has compared it with the versions of others: the next reader loads.
            return CompletableFuture.completedFuture(true);
        }
        NearEntry<V> entry = engine.entries.stored(own, stored, remoteValue.token());
        engine.near.install(route.key(), entry, () -> !engine.rules.mayInstallWritten(stored.stamp(), write.newest()));
        return CompletableFuture.completedFuture(true);
    }

    /** Perhaps stored, perhaps not: nobody may serve what was there before as if the put had not been. */
    private CompletableFuture<Boolean> afterUnknownStore(Route<K> route, Throwable reason) {
        engine.requireOpen();
        if (behind != null) {
            // What is dirty would stay whatever was invalidated.
            engine.dropHere(route.key());
            return CompletableFuture.failedFuture(behind.notConfirmed(reason));
        }
        return invalidations.invalidateAt(route).handle((removed, failure) -> {
            if (failure != null) {
                throw invalidations.pendingAfter("confirmed neither a put nor the invalidation after it", reason);
            }
            throw new CacheException(
                    "Cache '" + engine.name + "': the remote tier did not confirm a put (" + reason
                            + "), so the key was invalidated everywhere: repeat the call, or let the next read load the"
                            + " value",
                    reason);
        });
    }

    private CompletableFuture<Boolean> storeHere(
            Route<K> route, Write write, NearEntry<V> own, EntryOptions options, Condition condition) {
        synchronized (engine.localLocks.of(route.key())) {
            return storeLocked(route, write, own, options, condition);
        }
    }

    private CompletableFuture<Boolean> storeLocked(
            Route<K> route, Write write, NearEntry<V> own, EntryOptions options, Condition condition) {
        K key = route.key();
        LocalQuarantines<K> quarantines = engine.quarantinePath.local();
        if (condition.ifAbsent() && quarantines.holds(key)) {
            return CompletableFuture.failedFuture(new CacheException("Cache '" + engine.name
                    + "': whether a key has a value cannot be told while it is in quarantine; try again later"));
        }
        boolean kept =
                condition.holder() == 0 ? !quarantines.share(key) : quarantines.endFenced(key, condition.holder());
        if (!kept) {
            engine.invalidated(key, write.partition, write.partition.tick());
            engine.events.invalidated(key);
            return CompletableFuture.completedFuture(false);
        }
        if (engine.isTooOldHere(key, own.originVersion)) {
            return CompletableFuture.completedFuture(false);
        }
        NearEntry<V> tagged =
                options.tags().isEmpty() ? own : own.tagged(route.tags().table().ofThisInstance(options.tags()));
        NearEntry<V> stamped = tagged.storedAs(write.partition.tick(), 0, 0, own.deadline);
        if (condition.ifAbsent()) {
            boolean stored = engine.near.installIfAbsent(key, stamped);
            if (stored) {
                engine.flights.invalidated(key, stamped.stamp);
                engine.events.invalidated(key);
            }
            return CompletableFuture.completedFuture(stored);
        }
        engine.invalidated(key, write.partition, stamped.stamp);
        engine.near.install(key, stamped, () -> false);
        engine.events.invalidated(key);
        return CompletableFuture.completedFuture(true);
    }
}
