package io.crema.internal.engine;

import io.crema.InvalidationPendingException;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.Outbox.Pending;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.InvalidateReply;
import io.crema.spi.RemoteKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What makes values wrong, and what is true when a step of it fails: invalidations of keys and tags, expiry, clear.
 *
 * <table>
 *   <caption>When the remote tier does not confirm</caption>
 *   <tr><td>invalidate</td><td>the near copy is dropped, and the key goes into the {@link Outbox}; the caller is told
 *     that others may still serve theirs</td></tr>
 *   <tr><td>expire</td><td>as invalidate</td></tr>
 *   <tr><td>invalidateTag</td><td>the near entries of the tag are dropped, and it goes into the outbox; the rest as
 *     above</td></tr>
 *   <tr><td>clear</td><td>nothing near is served any more; the rest as above</td></tr>
 * </table>
 *
 * Without a remote tier the partition's own counter gives the stamps.
 */
final class InvalidationPath<K, V> {

    private final CacheEngine<K, V> engine;

    InvalidationPath(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    /** Why a write is not confirmed while the remote tier has not been reached since the cache was built. */
    static Throwable notReached() {
        return new IllegalStateException("it has not been reached yet");
    }

    /** Why a write is not confirmed although it was answered. */
    static Throwable replaced() {
        return new IllegalStateException("the answer is of a history that has been replaced");
    }

    /** Whether values go, or stay as a reserve. */
    private enum Removal {
        INVALIDATE("invalidate"),
        EXPIRE("expire");

        final String operation;

        Removal(String operation) {
            this.operation = operation;
        }
    }

    /** Gives whether there was a value. */
    CompletableFuture<Boolean> invalidate(K key) {
        return remove(key, Removal.INVALIDATE, 0);
    }

    /** As {@link #invalidate(Object)}, of a key that has been encoded. */
    CompletableFuture<Boolean> invalidateAt(Route<K> route) {
        return remove(List.of(route), Removal.INVALIDATE, 0);
    }

    /** As {@link #invalidate(Object)}; the version is the least that may be stored from now on. */
    CompletableFuture<Boolean> invalidate(K key, long originVersion) {
        engine.requireVersion(originVersion);
        return remove(key, Removal.INVALIDATE, originVersion);
    }

    CompletableFuture<Void> expire(K key) {
        return remove(key, Removal.EXPIRE, 0).thenApply(removed -> null);
    }

    /** The version as of {@link #invalidate(Object, long)}. */
    CompletableFuture<Void> expire(K key, long originVersion) {
        engine.requireVersion(originVersion);
        return remove(key, Removal.EXPIRE, originVersion).thenApply(removed -> null);
    }

    private CompletableFuture<Boolean> remove(K key, Removal removal, long least) {
        engine.requireKey(key);
        engine.requireOpen();
        return remove(List.of(engine.route(key)), removal, least);
    }

    /** Gives whether there was a value for any of the keys. */
    CompletableFuture<Boolean> invalidateAll(Collection<? extends K> keys) {
        engine.requireOpen();
        CompletableFuture<Boolean> any = CompletableFuture.completedFuture(false);
        for (List<Route<K>> part : parts(keys)) {
            any = any.thenCombine(remove(part, Removal.INVALIDATE, 0), Boolean::logicalOr);
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
        byPartition.values().forEach(routes -> parts.addAll(RemoteAccess.partsOfAWrite(routes)));
        return parts;
    }

    private CompletableFuture<Boolean> remove(List<Route<K>> routes, Removal removal, long least) {
        if (!engine.hasRemoteTier()) {
            boolean removed = false;
            for (Route<K> route : routes) {
                removed |= removeLocked(route, removal, least);
            }
            return CompletableFuture.completedFuture(removed);
        }
        if (!routes.get(0).isRemote()) {
            return unconfirmed(routes, removal.operation, least, notReached());
        }
        return removeRemotely(routes.get(0).access(), routes, removal, least).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return unconfirmed(routes, removal.operation, least, answer.reason());
            }
            return CompletableFuture.completedFuture(answer.get().removed().contains(true));
        });
    }

    private boolean removeLocked(Route<K> route, Removal removal, long least) {
        synchronized (engine.localLocks.of(route.key())) {
            boolean unused = engine.quarantinePath.local().share(route.key());
            engine.leastHere(route.key(), least);
            return removeHere(List.of(route), removal, route.partition().tick());
        }
    }

    /** Whether there was an entry to serve. */
    private boolean removeHere(List<Route<K>> routes, Removal removal, long stamp) {
        boolean removed = false;
        for (Route<K> route : routes) {
            switch (removal) {
                case INVALIDATE -> removed |= engine.invalidated(route.key(), route.partition(), stamp);
                case EXPIRE -> engine.expired(route.key(), route.partition(), stamp);
            }
            engine.events.invalidated(route.key());
        }
        return removed;
    }

    private CompletableFuture<Answer<InvalidateReply>> removeRemotely(
            RemoteAccess access, List<Route<K>> routes, Removal removal, long least) {
        return untilItCounts(() -> removeOnce(access, routes, removal, least), answer -> {
            boolean counts = true;
            for (Route<K> route : routes) {
                counts &= engine.acknowledged(route, least, answer.stamp());
            }
            return counts;
        });
    }

    private CompletableFuture<Answer<InvalidateReply>> removeOnce(
            RemoteAccess access, List<Route<K>> routes, Removal removal, long least) {
        Partition partition = routes.get(0).partition();
        List<RemoteKey> remoteKeys = routes.stream().map(Route::remoteKey).toList();
        long met = partition.highest();
        CompletableFuture<Answer<InvalidateReply>> reply = switch (removal) {
            case INVALIDATE -> access.invalidate(partition.index(), remoteKeys, least, met);
            case EXPIRE -> access.expire(partition.index(), remoteKeys, least, met);
        };
        return reply.thenApply(answer -> {
            if (answer.isPresent()) {
                partition.wrote(answer.get().stamp(), met);
                boolean unused = removeHere(routes, removal, answer.get().stamp());
            }
            return answer;
        });
    }

    /** What a server executed that has been replaced is asked for again, once. */
    private static <T> CompletableFuture<Answer<T>> untilItCounts(
            Supplier<CompletableFuture<Answer<T>>> operation, Predicate<T> counts) {
        return operation.get().thenCompose(answer -> {
            if (answer.isEmpty() || counts.test(answer.get())) {
                return CompletableFuture.completedFuture(answer);
            }
            return operation
                    .get()
                    .thenApply(
                            again -> again.isEmpty() || counts.test(again.get()) ? again : Answer.<T>none(replaced()));
        });
    }

    /** Kept before the copy is dropped: a read that begins in between finds one or the other. */
    CompletableFuture<Boolean> unconfirmed(List<Route<K>> routes, String operation, long least, Throwable reason) {
        engine.outbox.add(routes.stream()
                .<Pending<K>>map(route -> new Pending.OfKey<>(route.key(), least))
                .toList());
        routes.forEach(route -> engine.dropHere(route.key()));
        return CompletableFuture.failedFuture(pending(operation, reason));
    }

    InvalidationPendingException pending(String operation, Throwable reason) {
        return pendingAfter("did not confirm " + operation, reason);
    }

    InvalidationPendingException pendingAfter(String what, Throwable reason) {
        return new InvalidationPendingException(
                "Cache '" + engine.name + "': the remote tier " + what + " (" + reason
                        + "); this instance dropped its copy and will send the invalidation again until it is"
                        + " confirmed, others may serve their copies till then",
                reason);
    }

    /**
     * Sends keys that are pending, or one other; gives those that were confirmed. Nobody waits for the answer, so the
     * circuit breaker is not asked: what others may still serve is not to outlast the outage by the time it stays open.
     */
    CompletableFuture<List<Pending<K>>> sendAgain(List<Pending<K>> together) {
        Optional<RemoteAccess> access = engine.remote().map(RemoteAccess::insisting);
        if (access.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Pending<K> first = together.get(0);
        if (first instanceof Pending.OfAll) {
            return clearAll(access).thenApply(failure -> failure.isEmpty() ? together : List.of());
        }
        if (first instanceof Pending.OfTag<K> ofTag) {
            return invalidateTagRemotely(access.get(), ofTag.tag())
                    .thenApply(answer -> answer.isPresent() ? together : List.of());
        }
        return sendKeysAgain(access.get(), together);
    }

    private CompletableFuture<List<Pending<K>>> sendKeysAgain(RemoteAccess access, List<Pending<K>> together) {
        Map<K, Pending<K>> byKey = new HashMap<>();
        Map<Long, List<K>> byLeast = new LinkedHashMap<>();
        for (Pending<K> one : together) {
            Pending.OfKey<K> ofKey = (Pending.OfKey<K>) one;
            byKey.put(ofKey.key(), one);
            byLeast.computeIfAbsent(ofKey.least(), least -> new ArrayList<>()).add(ofKey.key());
        }
        Queue<Pending<K>> confirmed = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<?>> sent = new ArrayList<>();
        byLeast.forEach((least, keys) -> {
            for (List<Route<K>> part : parts(keys)) {
                // What was to be expired too: a reserve that could not be marked is not worth keeping.
                sent.add(removeRemotely(access, part, Removal.INVALIDATE, least).thenAccept(answer -> {
                    if (answer.isPresent()) {
                        part.forEach(route -> confirmed.add(Objects.requireNonNull(byKey.get(route.key()))));
                    }
                }));
            }
        });
        return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> List.copyOf(confirmed));
    }

    /** Gives a tag another version, at a cost that does not depend on how many entries have it. */
    CompletableFuture<Void> invalidateTag(String tag) {
        engine.requireTag(tag);
        engine.requireOpen();
        if (!engine.hasRemoteTier()) {
            TagTable table = engine.tags().table();
            table.invalidated(tag, table.partition().tick());
            engine.events.tagInvalidated(tag);
            return CompletableFuture.completedFuture(null);
        }
        return engine.remote()
                .map(access -> invalidateTagRemotely(access, tag))
                .orElseGet(() -> CompletableFuture.completedFuture(Answer.none(notReached())))
                .thenApply(answer -> {
                    if (answer.isEmpty()) {
                        // As with a key: kept before it is in doubt.
                        engine.outbox.add(List.of(new Pending.OfTag<>(tag)));
                        engine.tags().table().inDoubt(tag);
                        throw pending("invalidateTag", answer.reason());
                    }
                    return null;
                });
    }

    private CompletableFuture<Answer<Long>> invalidateTagRemotely(RemoteAccess access, String tag) {
        TagTable table = engine.tags().table();
        Partition partition = table.partition();
        return untilItCounts(
                () -> {
                    long met = partition.highest();
                    return access.invalidateTag(tag, engine.tokens.next(), met).thenApply(answer -> {
                        if (answer.isPresent()) {
                            partition.wrote(answer.get(), met);
                            table.invalidated(tag, answer.get());
                            engine.events.tagInvalidated(tag);
                        }
                        return answer;
                    });
                },
                stamp -> engine.acknowledgedTag(partition, tag, stamp));
    }

    /** Raises the floor of every partition, at a cost that does not depend on what is in them. */
    CompletableFuture<Void> clear() {
        engine.requireOpen();
        // Before the partitions: if it is there, so are its partitions.
        Optional<RemoteAccess> access = engine.remote();
        return clearAll(access).thenApply(failure -> {
            if (failure.isPresent()) {
                // Kept before the entries become suspect: what is stored must not make them good again.
                engine.outbox.add(List.of(new Pending.OfAll<>()));
                engine.partitions().nextGeneration();
                throw pending("clear", failure.get());
            }
            engine.loads.heldBack.clear();
            engine.near.discardCleared();
            return null;
        });
    }

    /** Gives why it was not confirmed. */
    private CompletableFuture<Optional<Throwable>> clearAll(Optional<RemoteAccess> access) {
        CompletableFuture<Optional<Throwable>> all = CompletableFuture.completedFuture(Optional.empty());
        for (Partition partition : engine.partitions().ofKeys()) {
            all = all.thenCombine(clearPartition(partition, access), (before, here) -> before.or(() -> here));
        }
        return all.thenApply(failure -> {
            if (failure.isEmpty()) {
                engine.events.cleared();
            }
            return failure;
        });
    }

    /** Gives why it was not confirmed. */
    private CompletableFuture<Optional<Throwable>> clearPartition(Partition partition, Optional<RemoteAccess> access) {
        if (access.isEmpty()) {
            if (engine.hasRemoteTier()) {
                return CompletableFuture.completedFuture(Optional.of(notReached()));
            }
            engine.quarantinePath.local().shareAll();
            partition.raiseFloor(partition.tick());
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return untilItCounts(
                        () -> access.get().clear(partition.index(), partition.highest()),
                        floor -> engine.acknowledgedClear(partition, floor))
                .thenApply(floor -> {
                    if (floor.isPresent()) {
                        partition.raiseFloor(floor.get());
                        return Optional.empty();
                    }
                    return Optional.of(floor.reason());
                });
    }
}
