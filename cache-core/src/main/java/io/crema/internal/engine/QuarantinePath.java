package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.Quarantine;
import io.crema.internal.coherence.Partition;
import io.crema.spi.DirtyValueException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the beginning and the end of a quarantine do.
 *
 * <table>
 *   <caption>When the remote tier does not confirm</caption>
 *   <tr><td>begin</td><td>perhaps the key is in quarantine, until its time is over; the caller is told</td></tr>
 *   <tr><td>begin, refused</td><td>it is not, since its value is dirty; the caller is told</td></tr>
 *   <tr><td>end</td><td>as an invalidation: it goes into the {@link Outbox}, and the caller is told</td></tr>
 *   <tr><td>crash in between</td><td>readers go to the origin until the quarantine's time is over</td></tr>
 * </table>
 */
final class QuarantinePath<K, V> {

    private final CacheEngine<K, V> engine;

    /** Of a cache that shares nothing. */
    private final LocalQuarantines<K> local;

    QuarantinePath(CacheEngine<K, V> engine) {
        this.engine = engine;
        this.local = new LocalQuarantines<>(engine.clock);
    }

    LocalQuarantines<K> local() {
        return local;
    }

    CompletableFuture<Quarantine<V>> begin(K key, Duration atMost) {
        engine.requireKey(key);
        engine.requireOpen();
        requireTime(atMost);
        if (engine.hasRemoteTier() && !engine.storesRemotely()) {
            throw new CacheException("Cache '" + engine.name
                    + "': a quarantine needs a remote tier that stores values, to keep all instances from loading; this"
                    + " one carries invalidations only: change the origin, and invalidate the key afterwards");
        }
        return tryBegin(key, atMost).thenApply(held -> {
            Throwable doubt = held.doubt();
            if (doubt != null) {
                throw notBegun(doubt);
            }
            return held;
        });
    }

    /** As {@link #begin}, but whoever gets one that was not confirmed has to end it like any other. */
    CompletableFuture<HeldKey<K, V>> tryBegin(K key, Duration atMost) {
        long holder = engine.tokens.next();
        Route<K> route = engine.route(key);
        if (!engine.hasRemoteTier()) {
            local.begin(key, holder, atMost.toNanos());
            invalidated(key, route.partition(), route.partition().tick());
            return CompletableFuture.completedFuture(new HeldKey<>(engine, key, holder, 0, null));
        }
        if (!route.isRemote()) {
            return CompletableFuture.completedFuture(
                    new HeldKey<>(engine, key, holder, 0, InvalidationPath.notReached()));
        }
        long met = route.partition().highest();
        return route.access()
                .quarantine(route.remoteKey(), holder, atMost.toMillis(), met)
                .thenApply(stamp -> {
                    if (stamp.isEmpty()) {
                        Throwable reason = stamp.reason();
                        return reason instanceof DirtyValueException
                                ? HeldKey.refused(engine, key, reason)
                                : new HeldKey<>(engine, key, holder, 0, reason);
                    }
                    boolean counts = applied(route, stamp.get(), met);
                    return new HeldKey<>(engine, key, holder, stamp.get(), counts ? null : InvalidationPath.replaced());
                });
    }

    private void requireTime(Duration atMost) {
        if (atMost.compareTo(Duration.ofMillis(1)) < 0 || atMost.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("Cache '" + engine.name
                    + "': a quarantine must be limited to 1 ms to an hour, but its limit is " + atMost);
        }
    }

    private CacheException notBegun(Throwable reason) {
        return new CacheException(
                "Cache '" + engine.name + "': the remote tier did not confirm the beginning of a quarantine (" + reason
                        + "); change the origin later, or change it now and invalidate the key afterwards",
                reason);
    }

    CompletableFuture<Void> end(K key, long holder) {
        engine.requireOpen();
        Route<K> route = engine.route(key);
        if (!engine.hasRemoteTier()) {
            local.end(key, holder);
            invalidated(key, route.partition(), route.partition().tick());
            return CompletableFuture.completedFuture(null);
        }
        if (!route.isRemote()) {
            return notEnded(route, InvalidationPath.notReached());
        }
        long met = route.partition().highest();
        return route.access().endQuarantine(route.remoteKey(), holder, met).thenCompose(stamp -> {
            if (stamp.isEmpty()) {
                return notEnded(route, stamp.reason());
            } else if (!applied(route, stamp.get(), met)) {
                return notEnded(route, InvalidationPath.replaced());
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletableFuture<Void> notEnded(Route<K> route, Throwable reason) {
        return engine.invalidations
                .unconfirmed(List.of(route), "the end of a quarantine", 0, reason)
                .thenApply(removed -> null);
    }

    /** Returns whether it counts. */
    private boolean applied(Route<K> route, long stamp, long met) {
        route.partition().wrote(stamp, met);
        invalidated(route.key(), route.partition(), stamp);
        return engine.acknowledged(route, 0, stamp);
    }

    private void invalidated(K key, Partition partition, long stamp) {
        boolean unused = engine.invalidated(key, partition, stamp);
        engine.events.invalidated(key);
    }
}
