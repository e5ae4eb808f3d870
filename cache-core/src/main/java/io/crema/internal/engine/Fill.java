package io.crema.internal.engine;

import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.LoadCall.Install;
import io.crema.internal.engine.Outcome.Source;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.StoreReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a value that was loaded: its tags are looked at, it is offered to the remote tier, and with what that
 * says it lands.
 *
 * <p>The tags were not known before the load, so their versions are read after it, at the primary. A version that is not
 * younger than what was known of the tag partition before the origin was asked was there all the time; with any other,
 * the tag may have been invalidated after the origin was read.
 *
 * <p>A value that cannot be weighed or encoded is as good as none: its load has failed, and is told of as such. So a load
 * has succeeded once that is past, not before.
 */
final class Fill<K, V> {

    private final CacheEngine<K, V> engine;
    private final LoadCall<K, V> call;
    private final HeldLease lease;
    private final Loaded<V> loaded;

    /** What was known before the origin was asked. */
    private final TagTable.Moment before;

    private final long freshNanos;

    /** The value that was to be replaced, if the origin says that it is still right. */
    private final @Nullable NearEntry<V> previous;

    private final List<String> tags;

    private boolean succeeded;

    Fill(CacheEngine<K, V> engine, LoadCall<K, V> call, HeldLease lease, Loaded<V> loaded, TagTable.Moment before) {
        this.engine = engine;
        this.call = call;
        this.lease = lease;
        this.loaded = loaded;
        this.before = before;
        this.previous = loaded.same() ? call.previous() : null;
        this.tags = tags(loaded, previous);
        this.freshNanos =
                loaded.kept() ? engine.entries.freshNanos(loaded.value(), loaded.options()) : Entries.NOT_CACHED;
    }

    /** What the tags of the value are, those of the previous one if the loader says that it is the same. */
    private static <V> List<String> tags(Loaded<V> loaded, @Nullable NearEntry<V> previous) {
        EntryTags theirs = previous == null ? null : previous.tags;
        List<String> given = loaded.options().tags();
        return theirs != null && given.isEmpty() ? theirs.names() : given;
    }

    private Route<K> route() {
        return call.route();
    }

    void start() {
        NearEntry<V> made;
        try {
            made = engine.entries.loaded(route(), call.flight(), loaded, freshNanos);
        } catch (Throwable e) {
            failed(e);
            return;
        }
        NearEntry<V> own = previous == null || made.originVersion != 0 ? made : made.versioned(previous.originVersion);
        if (freshNanos == Entries.NOT_CACHED || !lease.isHeld()) {
            // Nothing will be encoded.
            succeeded();
        }
        if (freshNanos == Entries.NOT_CACHED) {
            notCached(own);
        } else if (tags.isEmpty()) {
            call.flight().hasTags(null);
            store(own);
        } else if (engine.hasRemoteTier() && !remoteTierAnswered()) {
            // Nobody may say what was there before, so nothing is kept.
            call.land(own, Source.ORIGIN, Install.NO);
        } else if (isDoomed()) {
            refused(own);
        } else {
            route().tags()
                    .read(tags, engine.entries.keepMillis(own), TagReader.Source.PRIMARY)
                    .whenComplete((versions, none) -> call.onRunner(() -> onVersions(versions, own)));
        }
    }

    private void succeeded() {
        if (!succeeded) {
            succeeded = true;
            engine.loads.loaded(call, loaded);
        }
    }

    /** By the value, of which nothing has been offered. */
    private void failed(Throwable failure) {
        loaded.timer().gaveUseless();
        call.fallback().onFailure(failure, loaded.timer().nanos());
    }

    /** Whether the invalidation of one of its tags is pending. */
    private boolean isDoomed() {
        return tags.stream().anyMatch(engine.outbox::holdsTag);
    }

    /** Where no values are stored, there are no leases; that its tags' versions can be asked for is enough. */
    private boolean remoteTierAnswered() {
        return lease.isHeld() || !engine.storesRemotely() && route().isRemote();
    }

    /** What is not cached must not leave behind the value that it was to replace. */
    private void notCached(NearEntry<V> own) {
        lease.release();
        if (!call.replacesSomething()) {
            call.land(own, Source.ORIGIN, Install.NO);
            return;
        }
        engine.invalidations
                .invalidate(call.key())
                .whenComplete((removed, failure) -> call.onRunner(() -> {
                    if (failure == null) {
                        call.land(own, Source.ORIGIN, Install.NO);
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
            call.land(own, Source.ORIGIN, Install.YES);
        }
    }

    private void offer(NearEntry<V> own) {
        RemoteRecord there = call.lookUp().storedRecord();
        if (loaded.same() && there != null && sameTags(own, there)) {
            renew(own, there);
        } else {
            fill(own);
        }
    }

    private void fill(NearEntry<V> own) {
        RemoteValue offered;
        try {
            offered = engine.entries.remoteValue(
                    call.key(), own, freshNanos, loaded.timer().nanos());
        } catch (Throwable e) {
            failed(e);
            return;
        }
        succeeded();
        route().access()
                .fill(
                        route().remoteKey(),
                        lease.token(),
                        offered,
                        route().partition().highest())
                .whenComplete((answer, none) -> call.onRunner(() -> onReply(answer, offered.token(), own)));
    }

    /** The payload is there already, so it is neither encoded nor sent again. */
    private void renew(NearEntry<V> own, RemoteRecord there) {
        succeeded();
        Renewal renewal = engine.entries.renewal(own, freshNanos, loaded);
        route().access()
                .renew(
                        route().remoteKey(),
                        lease.token(),
                        there.token(),
                        renewal,
                        route().partition().highest())
                .whenComplete((answer, none) -> call.onRunner(() -> onReply(answer, renewal.token(), own)));
    }

    /** Whether the tags that are there would do for this entry, in their versions too. */
    private static boolean sameTags(NearEntry<?> own, RemoteRecord there) {
        return (own.tags == null ? List.of() : own.tags.toEmbed()).equals(there.tags());
    }

    private void onReply(Answer<StoreReply> reply, long token, NearEntry<V> own) {
        if (reply.isEmpty()) {
            lease.release();
            call.land(own, Source.ORIGIN, Install.YES);
        } else if (reply.get() instanceof StoreReply.Stored stored) {
            lease.gone();
            route().partition().met(stored.stamp());
            call.land(engine.entries.stored(own, stored, token), Source.ORIGIN, Install.YES);
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
        succeeded();
        lease.release();
        engine.counters.fillsRefused.increment();
        call.land(own, Source.ORIGIN, Install.NO);
    }
}
