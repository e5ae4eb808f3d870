package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.internal.coherence.Partition;
import io.crema.internal.engine.Outbox.Pending;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.InvalidateReply;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a write does, and what is true when a step of it fails.
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
 *   <tr><td>invalidate</td><td>the near copy is dropped, and the key goes into the {@link Outbox}; the caller is told
 *     that others may still serve theirs</td></tr>
 *   <tr><td>clear</td><td>nothing near is served any more; the rest as above</td></tr>
 * </table>
 *
 * Without a remote tier the partition's own counter gives the stamps.
 */
final class WritePath<K, V> {

    /** The remote tier does nothing else while it executes an operation. */
    private static final int MOST_KEYS_AT_ONCE = 256;

    private final CacheEngine<K, V> engine;

    WritePath(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    CompletableFuture<Void> put(K key, @Nullable V value, EntryOptions options) {
        return store(key, value, options, Condition.NONE).thenApply(stored -> null);
    }

    CompletableFuture<Boolean> putIfAbsent(K key, @Nullable V value) {
        return store(key, value, EntryOptions.defaults(), Condition.IF_ABSENT);
    }

    /** Ends a quarantine; the value is kept if nobody but its holder was there. */
    CompletableFuture<Boolean> putFenced(K key, @Nullable V value, long holder) {
        return store(key, value, EntryOptions.defaults(), new Condition(false, holder));
    }

    /** Why a write is not confirmed while the remote tier has not been reached since the cache was built. */
    static Throwable notReached() {
        return new IllegalStateException("it has not been reached yet");
    }

    /**
     * When a value is stored.
     *
     * @param ifAbsent whether only where there is none
     * @param holder whose quarantine it ends; 0 = nobody's
     */
    private record Condition(boolean ifAbsent, long holder) {

        static final Condition NONE = new Condition(false, 0);
        static final Condition IF_ABSENT = new Condition(true, 0);
    }

    private CompletableFuture<Boolean> store(K key, @Nullable V value, EntryOptions options, Condition condition) {
        engine.requireKey(key);
        engine.requireOpen();
        long freshNanos = engine.freshNanos(value, options);
        if (freshNanos == CacheEngine.NOT_CACHED) {
            throw new CacheException("Cache '" + engine.name
                    + "': null cannot be put because nulls are not cached; set nulls(NullCaching.cachedFor(..)),"
                    + " or invalidate the key");
        }
        Route<K> route = engine.route(key);
        Write write = new Write(route.partition(), engine.clock.coarse());
        NearEntry<V> own = engine.written(write, key, value, freshNanos, options.weight());
        if (!route.isRemote()) {
            return engine.hasRemoteTier()
                    ? unconfirmed(List.of(route), "put", notReached())
                    : storeHere(key, write, own, condition);
        }
        if (condition.ifAbsent() && engine.outbox.holds(key)) {
            return CompletableFuture.failedFuture(pending(
                    "an earlier invalidation of the key, so whether it has a value cannot be told",
                    new IllegalStateException("it waits to be sent again")));
        }
        RemoteValue remoteValue = engine.serialization().value(engine.tokens.next(), value, freshNanos, 0);
        engine.flights.add(key, write);
        long atLeast = write.partition.highest();
        CompletableFuture<Answer<StoreReply>> reply = condition.ifAbsent()
                ? route.access().putIfAbsent(route.remoteKey(), remoteValue, atLeast)
                : route.access().put(route.remoteKey(), remoteValue, condition.holder(), atLeast);
        return reply.thenCompose(answer -> onStored(route, write, own, remoteValue, answer))
                .whenComplete((stored, failure) -> engine.flights.remove(key, write));
    }

    private CompletableFuture<Boolean> onStored(
            Route<K> route, Write write, NearEntry<V> own, RemoteValue remoteValue, Answer<StoreReply> answer) {
        if (answer.isEmpty()) {
            return afterUnknownStore(route, answer.reason());
        }
        if (!(answer.get() instanceof StoreReply.Stored stored)) {
            return CompletableFuture.completedFuture(false);
        }
        write.partition.met(stored.stamp());
        engine.invalidated(route.key(), write.partition, stored.stamp());
        NearEntry<V> entry = engine.stored(own, stored, remoteValue);
        engine.near.install(route.key(), entry, () -> !engine.rules.mayInstallWritten(stored.stamp(), write.newest()));
        return CompletableFuture.completedFuture(true);
    }

    /** Perhaps stored, perhaps not: nobody may serve what was there before as if the put had not been. */
    private CompletableFuture<Boolean> afterUnknownStore(Route<K> route, Throwable reason) {
        engine.requireOpen();
        return invalidatePartition(List.of(route)).handle((removed, failure) -> {
            if (failure != null) {
                throw pendingAfter("confirmed neither a put nor the invalidation after it", reason);
            }
            throw new CacheException(
                    "Cache '" + engine.name + "': the remote tier did not confirm a put (" + reason
                            + "), so the key was invalidated everywhere: repeat the call, or let the next read load the"
                            + " value",
                    reason);
        });
    }

    private CompletableFuture<Boolean> storeHere(K key, Write write, NearEntry<V> own, Condition condition) {
        LocalQuarantines<K> quarantines = engine.quarantinePath.local();
        if (condition.ifAbsent() && quarantines.holds(key)) {
            return CompletableFuture.failedFuture(new CacheException("Cache '" + engine.name
                    + "': whether a key has a value cannot be told while it is in quarantine; try again later"));
        }
        boolean kept =
                condition.holder() == 0 ? !quarantines.share(key) : quarantines.endFenced(key, condition.holder());
        if (!kept) {
            engine.invalidated(key, write.partition, write.partition.tick());
            return CompletableFuture.completedFuture(false);
        }
        NearEntry<V> stamped = own.storedAs(write.partition.tick(), 0, 0, own.deadline);
        if (condition.ifAbsent()) {
            boolean stored = engine.near.installIfAbsent(key, stamped);
            if (stored) {
                engine.flights.invalidated(key, stamped.stamp);
            }
            return CompletableFuture.completedFuture(stored);
        }
        engine.invalidated(key, write.partition, stamped.stamp);
        engine.near.install(key, stamped, () -> false);
        return CompletableFuture.completedFuture(true);
    }

    /** All are sent before a reply is waited for; one that cannot be stored does not stop the others. */
    CompletableFuture<Void> putAll(Map<? extends K, ? extends V> entries) {
        entries.keySet().forEach(engine::requireKey);
        engine.requireOpen();
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

    /** Gives whether there was a value. */
    CompletableFuture<Boolean> invalidate(K key) {
        engine.requireKey(key);
        return invalidateAll(List.of(key));
    }

    /** Gives whether there was a value for any of the keys. */
    CompletableFuture<Boolean> invalidateAll(Collection<? extends K> keys) {
        engine.requireOpen();
        CompletableFuture<Boolean> any = CompletableFuture.completedFuture(false);
        for (List<Route<K>> part : parts(keys)) {
            any = any.thenCombine(invalidatePartition(part), Boolean::logicalOr);
        }
        return any;
    }

    /** What can be sent in one operation: keys of one partition, and not too many. */
    private List<List<Route<K>>> parts(Collection<? extends K> keys) {
        Map<Partition, List<Route<K>>> byPartition = new LinkedHashMap<>();
        for (K key : new LinkedHashSet<K>(keys)) {
            Route<K> route = engine.route(key);
            byPartition
                    .computeIfAbsent(route.partition(), partition -> new ArrayList<>())
                    .add(route);
        }
        List<List<Route<K>>> parts = new ArrayList<>(byPartition.size());
        for (List<Route<K>> routes : byPartition.values()) {
            for (int from = 0; from < routes.size(); from += MOST_KEYS_AT_ONCE) {
                parts.add(routes.subList(from, Math.min(routes.size(), from + MOST_KEYS_AT_ONCE)));
            }
        }
        return parts;
    }

    private CompletableFuture<Boolean> invalidatePartition(List<Route<K>> routes) {
        if (!engine.hasRemoteTier()) {
            return CompletableFuture.completedFuture(
                    invalidatedHere(routes, routes.get(0).partition().tick()));
        }
        if (!routes.get(0).isRemote()) {
            return unconfirmed(routes, "invalidate", notReached());
        }
        return invalidateRemotely(routes).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return unconfirmed(routes, "invalidate", answer.reason());
            }
            return CompletableFuture.completedFuture(answer.get().removed().contains(true));
        });
    }

    /** Whether there was an entry to serve. */
    private boolean invalidatedHere(List<Route<K>> routes, long stamp) {
        boolean removed = false;
        for (Route<K> route : routes) {
            if (!engine.hasRemoteTier()) {
                boolean unused = engine.quarantinePath.local().share(route.key());
            }
            removed |= engine.invalidated(route.key(), route.partition(), stamp);
        }
        return removed;
    }

    private CompletableFuture<Answer<InvalidateReply>> invalidateRemotely(List<Route<K>> routes) {
        Partition partition = routes.get(0).partition();
        List<RemoteKey> remoteKeys = routes.stream().map(Route::remoteKey).toList();
        return routes.get(0)
                .access()
                .invalidate(partition.index(), remoteKeys, 0, partition.highest())
                .thenApply(answer -> {
                    if (answer.isPresent()) {
                        partition.met(answer.get().stamp());
                        boolean unused = invalidatedHere(routes, answer.get().stamp());
                    }
                    return answer;
                });
    }

    /** Kept before the copy is dropped: a read that begins in between finds one or the other. */
    private CompletableFuture<Boolean> unconfirmed(List<Route<K>> routes, String operation, Throwable reason) {
        engine.outbox.add(routes.stream()
                .<Pending<K>>map(route -> new Pending.OfKey<>(route.key()))
                .toList());
        routes.forEach(route -> engine.dropHere(route.key()));
        return CompletableFuture.failedFuture(pending(operation, reason));
    }

    private InvalidationPendingException pending(String operation, Throwable reason) {
        return pendingAfter("did not confirm " + operation, reason);
    }

    private InvalidationPendingException pendingAfter(String what, Throwable reason) {
        return new InvalidationPendingException(
                "Cache '" + engine.name + "': the remote tier " + what + " (" + reason
                        + "); this instance dropped its copy and will send the invalidation again until it is"
                        + " confirmed, others may serve their copies till then",
                reason);
    }

    /** A quarantine whose end was not confirmed: its key is invalidated as soon as possible. */
    CompletableFuture<Void> notEnded(Route<K> route, Throwable reason) {
        return unconfirmed(List.of(route), "the end of a quarantine", reason).thenApply(removed -> null);
    }

    /** Sends what is pending, of which only keys come together; gives whether all of it was confirmed. */
    CompletableFuture<Boolean> sendAgain(List<Pending<K>> together) {
        Optional<RemoteAccess> access = engine.remote();
        if (access.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        if (together.get(0) instanceof Pending.OfAll) {
            return clearAll(access).thenApply(Optional::isEmpty);
        }
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (List<Route<K>> part : parts(keys(together))) {
            all = all.thenCombine(invalidateRemotely(part), (before, answer) -> before && answer.isPresent());
        }
        return all;
    }

    private static <K> List<K> keys(List<Pending<K>> pending) {
        List<K> keys = new ArrayList<>(pending.size());
        for (Pending<K> one : pending) {
            keys.add(((Pending.OfKey<K>) one).key());
        }
        return keys;
    }

    /** Raises the floor of every partition, at a cost that does not depend on what is in them. */
    CompletableFuture<Void> clear() {
        engine.requireOpen();
        // Before the partitions: if it is there, so are its partitions.
        Optional<RemoteAccess> access = engine.remote();
        CompletableFuture<Optional<Throwable>> all = clearAll(access);
        engine.near.discardAll();
        return all.thenApply(failure -> {
            if (failure.isPresent()) {
                // Kept before the entries become suspect: what is stored must not make them good again.
                engine.outbox.add(List.of(new Pending.OfAll<>()));
                engine.partitions().nextGeneration();
                throw pending("clear", failure.get());
            }
            engine.near.discardAll();
            return null;
        });
    }

    /** Gives why it was not confirmed. */
    private CompletableFuture<Optional<Throwable>> clearAll(Optional<RemoteAccess> access) {
        CompletableFuture<Optional<Throwable>> all = CompletableFuture.completedFuture(Optional.empty());
        for (Partition partition : engine.partitions().ofKeys()) {
            all = all.thenCombine(clearPartition(partition, access), (before, here) -> before.or(() -> here));
        }
        return all;
    }

    /** Gives why it was not confirmed. */
    private CompletableFuture<Optional<Throwable>> clearPartition(Partition partition, Optional<RemoteAccess> access) {
        if (access.isEmpty()) {
            if (engine.hasRemoteTier()) {
                return CompletableFuture.completedFuture(Optional.of(notReached()));
            }
            partition.nextGeneration();
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return access.get().clear(partition.index(), partition.highest()).thenApply(floor -> {
            if (floor.isPresent()) {
                partition.raiseFloor(floor.get());
                return Optional.empty();
            }
            return Optional.of(floor.reason());
        });
    }
}
