package io.crema.internal.engine;

import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.TagReader.Source;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.List;

/**
 * What becomes of a value that was loaded: its tags are looked at, it is offered to the remote tier, and with what that
 * says it lands.
 *
 * <p>The tags were not known before the load, so their versions are read after it, at the primary. A version that is not
 * younger than what was known of the tag partition before the origin was asked was there all the time; with any other,
 * the tag may have been invalidated after the origin was read.
 */
final class Fill<K, V> {

    private final CacheEngine<K, V> engine;
    private final LoadCall<K, V> call;
    private final HeldLease lease;
    private final Loaded<V> loaded;

    /** What was known before the origin was asked. */
    private final TagTable.Moment before;

    private final long freshNanos;

    Fill(CacheEngine<K, V> engine, LoadCall<K, V> call, HeldLease lease, Loaded<V> loaded, TagTable.Moment before) {
        this.engine = engine;
        this.call = call;
        this.lease = lease;
        this.loaded = loaded;
        this.before = before;
        this.freshNanos =
                loaded.kept() ? engine.entries.freshNanos(loaded.value(), loaded.options()) : Entries.NOT_CACHED;
    }

    private Route<K> route() {
        return call.route();
    }

    void start() {
        NearEntry<V> own = engine.entries.loaded(route(), call.flight(), loaded, freshNanos);
        List<String> tags = loaded.options().tags();
        if (freshNanos == Entries.NOT_CACHED) {
            notCached(own);
        } else if (tags.isEmpty()) {
            call.flight().hasTags(null);
            store(own);
        } else if (engine.hasRemoteTier() && !remoteTierAnswered()) {
            // Nobody may say what was there before, so nothing is kept.
            call.land(own, LoadCall.Install.NO);
        } else if (isDoomed()) {
            refused(own);
        } else {
            route().tags()
                    .read(tags, Entries.millis(freshNanos), Source.PRIMARY)
                    .whenComplete((versions, none) -> call.onRunner(() -> onVersions(versions, own)));
        }
    }

    /** Whether the invalidation of one of its tags is pending. */
    private boolean isDoomed() {
        return loaded.options().tags().stream().anyMatch(engine.outbox::holdsTag);
    }

    /** Where no values are stored, there are no leases; that its tags' versions can be asked for is enough. */
    private boolean remoteTierAnswered() {
        return lease.isHeld() || !engine.storesRemotely() && route().isRemote();
    }

    /** A null that is not cached must not leave behind the value that a refresh was to replace. */
    private void notCached(NearEntry<V> own) {
        lease.release();
        if (!call.request().isRefresh()) {
            call.land(own, LoadCall.Install.NO);
            return;
        }
        engine.invalidations
                .invalidate(call.key())
                .whenComplete((removed, failure) -> call.onRunner(() -> {
                    if (failure == null) {
                        call.land(own, LoadCall.Install.NO);
                    } else {
                        call.land(failure);
                    }
                }));
    }

    private void onVersions(Answer<EntryTags> versions, NearEntry<V> own) {
        // Looked at again: of an invalidation that became pending meanwhile the primary does not know.
        if (versions.isPresent() && versions.get().mayKeepLoaded(before) && !isDoomed()) {
            call.flight().hasTags(versions.get());
            store(own.tagged(versions.get()));
        } else {
            refused(own);
        }
    }

    private void store(NearEntry<V> own) {
        if (lease.isHeld()) {
            offer(own);
        } else if (!engine.hasRemoteTier() && engine.isTooOldHere(call.key(), own.originVersion)) {
            tooOld(own, engine.leastHere(call.key()));
        } else {
            call.land(own, LoadCall.Install.YES);
        }
    }

    private void offer(NearEntry<V> own) {
        RemoteValue offered =
                engine.entries.remoteValue(own, freshNanos, loaded.timer().nanos());
        route().access()
                .fill(
                        route().remoteKey(),
                        lease.token(),
                        offered,
                        route().partition().highest())
                .whenComplete((reply, none) -> call.onRunner(() -> onReply(reply, offered, own)));
    }

    private void onReply(Answer<StoreReply> reply, RemoteValue offered, NearEntry<V> own) {
        if (reply.isEmpty()) {
            lease.release();
            call.land(own, LoadCall.Install.YES);
        } else if (reply.get() instanceof StoreReply.Stored stored) {
            lease.gone();
            route().partition().met(stored.stamp());
            call.land(engine.entries.stored(own, stored, offered), LoadCall.Install.YES);
        } else if (reply.get() instanceof StoreReply.TooOld tooOld) {
            tooOld(own, tooOld.least());
        } else {
            lease.gone();
            refused(own);
        }
    }

    /** The lease stays, for the value that the origin itself has. */
    private void tooOld(NearEntry<V> own, long least) {
        if (!call.loadAgain(least)) {
            refused(own);
        }
    }

    /** Whoever waits gets the value, and nobody later. */
    private void refused(NearEntry<V> own) {
        lease.release();
        engine.counters.fillsRefused.increment();
        call.land(own, LoadCall.Install.NO);
    }
}
