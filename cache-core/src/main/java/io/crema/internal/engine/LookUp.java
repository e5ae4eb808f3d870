package io.crema.internal.engine;

import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.engine.HeldBack.Held;
import io.crema.internal.engine.LoadCall.Install;
import io.crema.internal.engine.Outcome.Source;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.remote.Serialization.Decoded;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the remote tier has for the key of a call, and what that is good for: a value that is fresh, one that is not, or
 * nothing. Runs on the call's runner.
 */
final class LookUp<K, V> {

    private final LoadCall<K, V> call;
    private final CacheEngine<K, V> engine;
    private final Flight<V> flight;

    /** Whether the remote tier said what it has. */
    private volatile boolean answered;

    /** The value that it has, stale or not; null if it has none, or none that is alive. */
    private volatile @Nullable NearEntry<V> stored;

    private @Nullable RemoteRecord storedRecord;

    LookUp(LoadCall<K, V> call) {
        this.call = call;
        this.engine = call.engine;
        this.flight = call.flight();
    }

    private RemoteAccess remote() {
        return call.route().access();
    }

    private ReadRequest<K, V> request() {
        return call.request();
    }

    // What it has found

    /** The value that a load would replace, fresh or not; null = none is known. */
    @Nullable
    NearEntry<V> known() {
        NearEntry<V> found = stored;
        return found != null ? found : engine.near.coherent(call.key());
    }

    /**
     * As {@link #known}; or, if the remote tier says nothing, what this instance has left, which may be older than the bound:
     * only where that is to be served in need.
     */
    @Nullable
    NearEntry<V> reserve() {
        NearEntry<V> found = known();
        boolean inNeed = !answered && engine.loads.policies.staleOnError() != null;
        return found == null && inNeed ? engine.near.reserve(call.key()) : found;
    }

    boolean isStored(NearEntry<V> entry) {
        return entry == stored;
    }

    /** The record of the value that the remote tier has, which a load may renew; null = there is none. */
    @Nullable
    RemoteRecord storedRecord() {
        return storedRecord;
    }

    // Steps

    /** A suspect entry is good again if the remote tier still has the same record, whose payload is not fetched. */
    void revalidate(NearEntry<V> suspect) {
        remote().read(call.route().remoteKey(), ReadMode.HEADER)
                .whenComplete((header, none) -> call.onRunner(() -> {
                    if (header.isEmpty()) {
                        withoutRemote();
                    } else if (isSame(suspect, header.get())) {
                        fresh(header.get(), suspect.value);
                    } else if (mayBeValue(call.freshness(header.get()))) {
                        read();
                    } else {
                        notThere(call.freshness(header.get()));
                    }
                }));
    }

    private boolean isSame(NearEntry<V> suspect, RemoteRecord header) {
        call.partition().met(header.stamp());
        return engine.rules.revalidates(call.freshness(header), suspect.token, header.token());
    }

    private boolean mayBeValue(Freshness freshness) {
        return freshness == Freshness.USABLE || freshness == Freshness.STALE && engine.loads.policies.keepsReserves();
    }

    void read() {
        ReadMode mode = engine.readMode(request(), flight);
        remote().read(call.route().remoteKey(), mode)
                .whenComplete((record, none) -> call.onRunner(() -> onRecord(record)));
    }

    /** Where what is there may be wrong: what is dirty is not, since it outlives an invalidation and the origin has it not. */
    void readDirty() {
        flight.bypass();
        remote().read(call.route().remoteKey(), ReadMode.VALUE)
                .whenComplete((record, none) -> call.onRunner(() -> {
                    if (record.isPresent() && record.get().dirty()) {
                        onRecord(record);
                    } else {
                        withoutRemote();
                    }
                }));
    }

    void onRecord(Answer<RemoteRecord> answer) {
        if (answer.isEmpty()) {
            withoutRemote();
            return;
        }
        answered = true;
        RemoteRecord record = answer.get();
        Freshness freshness = call.freshness(record);
        if (freshness == Freshness.USABLE) {
            useOrReplace(record);
        } else if (freshness == Freshness.STALE && engine.loads.policies.keepsReserves()) {
            stale(record);
        } else if (record.lease().isHeldBack() && freshness != Freshness.GONE && mayLoad()) {
            call.fallback().onHold(record.lease(), false);
        } else {
            notThere(freshness);
        }
    }

    /** Not a look-up, nor what a call demands to be loaded. */
    private boolean mayLoad() {
        return !request().isLookUp() && !request().isRefresh();
    }

    void useOrReplace(RemoteRecord record) {
        call.partition().met(record.stamp());
        Optional<Decoded<V>> decoded = engine.serialization().decode(record);
        if (decoded.isPresent()) {
            fresh(record, decoded.get().value());
        } else if (request().isLookUp()) {
            call.landNothing();
        } else {
            replace(record);
        }
    }

    /** What is there seems fresh, but nobody may be served by it. */
    private void replace(RemoteRecord record) {
        if (request().isRefresh()) {
            call.lease().askEvenIfFresh();
        } else {
            call.lease().askUnlessReplaced(record.token());
        }
    }

    private void fresh(RemoteRecord record, @Nullable V value) {
        ifAlive(record, value, entry -> {
            if (request().isRevalidation() && record.token() == request().known() && !record.dirty()) {
                stored(entry, record);
                anew(record.lease());
            } else {
                call.land(entry, Source.REMOTE, Install.YES);
                if (entry.isDue(engine.clock.exact()) && isFree(record.lease())) {
                    engine.refreshes.behind(call.route(), entry, request(), flight);
                }
            }
        });
    }

    private void stale(RemoteRecord record) {
        Optional<Decoded<V>> decoded = engine.serialization().decode(record);
        if (decoded.isEmpty()) {
            notThere(Freshness.STALE);
        } else {
            ifAlive(record, decoded.get().value(), entry -> {
                stored(entry, record);
                onReserve(entry, record.lease());
            });
        }
    }

    private void stored(NearEntry<V> entry, RemoteRecord record) {
        if (request().isRevalidation()) {
            // Should it be installed, it is the one that is being loaded anew.
            entry.postponeRefresh(engine.clock.exact(), engine.loads.policies.refreshPauseNanos());
        }
        stored = entry;
        storedRecord = record;
    }

    /** There is a value that is not fresh any more. */
    private void onReserve(NearEntry<V> entry, LeaseState state) {
        if (request().isRevalidation()) {
            anew(state);
        } else if (request().takesStale()
                && engine.loads.policies.mayServeWhileRevalidating(entry, engine.clock.exact())) {
            call.fallback().land(entry, Reason.REVALIDATING);
            if (isFree(state)) {
                engine.refreshes.behind(call.route(), entry, request(), flight);
            }
        } else if (request().isInspection() && engine.loads.policies.mayServeOnError(entry, engine.clock.exact())) {
            call.fallback().land(entry, Reason.HELD_BACK);
        } else if (state.isHeldBack() && !request().isLookUp()) {
            call.fallback().onHold(state, false);
        } else {
            notThere(Freshness.STALE);
        }
    }

    /** The value that is known is to be loaded anew, unless that is others' business. */
    private void anew(LeaseState state) {
        if (isFree(state)) {
            call.lease().askUnlessReplaced(request().known());
        } else {
            call.lease().busyBehind(state);
        }
    }

    /** Whether nobody loads the key, nor has failed to a while ago. */
    private static boolean isFree(LeaseState state) {
        return state.leftMillis() == 0;
    }

    /** Goes on if the tags of a value are what they were when it was stored. */
    private void ifAlive(RemoteRecord record, @Nullable V value, Consumer<NearEntry<V>> alive) {
        NearEntry<V> entry = engine.entries.read(call.route(), flight, record, value);
        if (record.tags().isEmpty() || record.dirty()) {
            flight.hasTags(null);
            alive.accept(entry);
            return;
        }
        if (isDoomed(record)) {
            flight.bypass();
            withoutRemote();
            return;
        }
        call.route()
                .tags()
                .readFor(record.tags(), engine.entries.keepMillis(entry), engine.tagSource(request(), flight))
                .whenComplete((versions, none) -> call.onRunner(() -> {
                    if (versions.isEmpty()) {
                        withoutRemote();
                    } else if (isDoomed(record)) {
                        // Since the versions were asked for: the primary does not know of it yet.
                        flight.bypass();
                        withoutRemote();
                    } else if (versions.get().match(record.tags())) {
                        flight.hasTags(versions.get());
                        alive.accept(entry.tagged(versions.get()));
                    } else {
                        notThereByTags(record);
                    }
                }));
    }

    /** Whether the invalidation of one of its tags is pending. */
    private boolean isDoomed(RemoteRecord record) {
        return record.tags().stream().anyMatch(version -> engine.outbox.holdsTag(version.tag()));
    }

    private void notThereByTags(RemoteRecord record) {
        if (request().isLookUp()) {
            call.landNothing();
        } else if (record.freshMillis() > 0) {
            replace(record);
        } else {
            notThere(Freshness.STALE);
        }
    }

    void notThere(Freshness freshness) {
        if (request().isLookUp()) {
            if (freshness == Freshness.QUARANTINED) {
                call.landNothing();
            } else {
                lookUpWithoutRemote();
            }
        } else if (freshness == Freshness.QUARANTINED) {
            call.loadInQuarantine();
        } else if (freshness == Freshness.OPAQUE) {
            call.load();
        } else {
            call.lease().askUnlessFresh();
        }
    }

    /** The remote tier gave no answer, or there is none: the origin is asked, and nobody else is told. */
    void withoutRemote() {
        if (request().isLookUp()) {
            lookUpWithoutRemote();
        } else if (engine.quarantinePath.local().holds(call.key())) {
            call.loadInQuarantine();
        } else if (request().isRevalidation() && engine.storesRemotely()) {
            // Every instance would load it, and what it loaded would be good here for a moment only.
            call.landNothing();
        } else {
            Held held = request().isRefresh() ? null : engine.loads.heldBack.held(call.key());
            if (held == null) {
                call.load();
            } else {
                call.fallback().onHoldHere(held);
            }
        }
    }

    private void lookUpWithoutRemote() {
        NearEntry<V> reserve = request().isInspection() ? call.fallback().reserve() : null;
        if (reserve == null) {
            call.landNothing();
        } else {
            call.fallback().land(reserve, Reason.HELD_BACK);
        }
    }
}
