package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.internal.engine.Flights.Place;
import io.crema.internal.engine.HeldBack.Held;
import io.crema.internal.engine.Outcome.Source;
import io.crema.internal.entry.NearEntry;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a read does, step by step, once the near tier has not simply answered it.
 *
 * <ol>
 *   <li>The lease is looked at, then the near tier; without a lease, of all partitions or the key's own, an entry that is
 *       young enough still counts.
 *   <li>The read joins the key's flight, or leads a new one, which is registered before any I/O.
 *   <li>The leader's {@link LoadCall} asks the remote tier, loads, fills, installs and completes everybody.
 * </ol>
 *
 * There is one such path. A synchronous caller leads it on its own thread, by a {@link CallerRunner}; an asynchronous
 * one on the executor.
 */
final class ReadPath<K, V> {

    private final CacheEngine<K, V> engine;

    ReadPath(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    /** Where a read stands after its first two steps: answered, or waiting for a flight. */
    record Start<V>(@Nullable Outcome<V> answer, @Nullable Flight<V> flight, boolean leading) {

        Flight<V> requiredFlight() {
            return Objects.requireNonNull(flight, "flight");
        }
    }

    Outcome<V> read(K key, ReadRequest<K, V> request) {
        for (; ; ) {
            engine.requireOpen();
            boolean leased = engine.near.leaseValid();
            Outcome<V> near = near(key, request, leased);
            if (near != null) {
                return near;
            }
            CallerRunner runner = new CallerRunner(engine.executor);
            Start<V> start = begin(key, request, leased, runner);
            Outcome<V> outcome = start.answer() == null ? await(key, request, start, runner) : start.answer();
            if (outcome != null) {
                return outcome;
            }
        }
    }

    /** As {@link #read}, by a flight that the caller has joined, and leaves if it does not wait to the end. */
    Outcome<V> readJoined(K key, ReadRequest<K, V> request, Flight<V> flight) {
        Start<V> start = joined(key, request, flight);
        Outcome<V> outcome =
                start.answer() == null ? await(key, request, start, new CallerRunner(engine.executor)) : start.answer();
        return outcome == null ? read(key, request) : outcome;
    }

    /** Waits for a flight; null if the load was given up that the caller has joined, so that it looks again. */
    private @Nullable Outcome<V> await(K key, ReadRequest<K, V> request, Start<V> joinedOrLed, CallerRunner runner) {
        Start<V> start = joinedOrLed.leading() ? joinedOrLed : noted(joinedOrLed, key, request, runner);
        Flight<V> flight = start.requiredFlight();
        try {
            return counted(key, request, start.leading() ? awaitLed(flight, runner) : awaitJoined(flight));
        } catch (InterruptedException e) {
            engine.loads.left(flight);
            Thread.currentThread().interrupt();
            throw new CacheException("Cache '" + engine.name + "': interrupted while waiting for a value", e);
        } catch (LoadAbandonedException e) {
            if (start.leading()) {
                throw unabandoned(e);
            }
            return null;
        }
    }

    /** Notes that this thread waits for a flight that it has joined; where that would be for ever, it leads one alone. */
    private Start<V> noted(Start<V> joined, K key, ReadRequest<K, V> request, CallerRunner runner) {
        Flight<V> flight = joined.requiredFlight();
        return switch (engine.loaderThreads.begin(flight)) {
            case SAFE -> joined;
            case RECURSIVE -> {
                engine.loads.left(flight);
                throw recursive(key);
            }
            case CYCLIC -> {
                engine.loads.left(flight);
                yield new Start<>(null, leadAlone(key, request, runner), true);
            }
        };
    }

    private Outcome<V> awaitLed(Flight<V> flight, CallerRunner runner) throws InterruptedException {
        try {
            engine.loaderThreads.beginLed(flight);
            runner.runUntil(flight.result);
        } finally {
            engine.loaderThreads.end();
            runner.leave();
        }
        return Futures.valueOf(flight.result);
    }

    private Outcome<V> awaitJoined(Flight<V> flight) throws InterruptedException {
        try {
            Futures.awaitEnd(flight.result);
        } finally {
            engine.loaderThreads.end();
        }
        return Futures.valueOf(flight.result);
    }

    /** Each caller counts its own read. */
    Outcome<V> counted(K key, ReadRequest<K, V> request, Outcome<V> outcome) {
        switch (outcome.source()) {
            case NEAR -> engine.near.countHit();
            case REMOTE -> engine.counters.remoteHits.increment();
            case ORIGIN -> engine.counters.misses.increment();
        }
        if (outcome.stale() != null && outcome.entry() != null && !request.isInspection()) {
            engine.counters.staleServed.increment();
            engine.events.staleServed(key, outcome.entry().bornAt, outcome.stale());
        }
        return outcome;
    }

    /** What a flight that the caller led has found; throws what it failed with. */
    Outcome<V> outcomeOfLed(K key, ReadRequest<K, V> request, Flight<V> flight) {
        try {
            return counted(key, request, Futures.valueOf(flight.result));
        } catch (LoadAbandonedException e) {
            throw unabandoned(e);
        }
    }

    private RuntimeException unabandoned(LoadAbandonedException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        } else if (cause instanceof Error error) {
            throw error;
        }
        return new CacheLoadException("Cache '" + engine.name + "': the loader was interrupted", cause);
    }

    private CacheException recursive(K key) {
        return new CacheException("Cache '" + engine.name + "': a loader asks for the key that it is loading, of type "
                + key.getClass().getName() + "; it would wait for itself");
    }

    CompletableFuture<Outcome<V>> readAsync(K key, ReadRequest<K, V> request) {
        Start<V> start;
        try {
            engine.requireOpen();
            boolean leased = engine.near.leaseValid();
            Outcome<V> near = near(key, request, leased);
            if (near != null) {
                return CompletableFuture.completedFuture(near);
            }
            start = notByThisThread(begin(key, request, leased, engine.executor), key, request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return whenLanded(key, request, start);
    }

    /** As {@link #readJoined}, asynchronously. */
    CompletableFuture<Outcome<V>> readJoinedAsync(K key, ReadRequest<K, V> request, Flight<V> flight) {
        Start<V> start;
        try {
            start = notByThisThread(joined(key, request, flight), key, request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return whenLanded(key, request, start);
    }

    private CompletableFuture<Outcome<V>> whenLanded(K key, ReadRequest<K, V> request, Start<V> start) {
        if (start.answer() != null) {
            return CompletableFuture.completedFuture(start.answer());
        }
        Flight<V> flight = start.requiredFlight();
        CompletableFuture<Outcome<V>> read = flight.result
                .handleAsync(
                        (found, failure) -> {
                            if (failure instanceof LoadAbandonedException abandoned) {
                                return start.leading()
                                        ? CompletableFuture.<Outcome<V>>failedFuture(unabandoned(abandoned))
                                        : readAsync(key, request);
                            }
                            return failure == null
                                    ? CompletableFuture.completedFuture(counted(key, request, found))
                                    : CompletableFuture.<Outcome<V>>failedFuture(failure);
                        },
                        engine.executor)
                .thenCompose(Function.identity());
        return engine.loads.leavingWhenCancelled(read, () -> engine.loads.left(flight));
    }

    /** A caller that is a loader may wait for its future, so it must not be given one that its own thread completes. */
    private Start<V> notByThisThread(Start<V> start, K key, ReadRequest<K, V> request) {
        Flight<V> flight = start.flight();
        if (flight == null || start.leading() || flight.needed() != Thread.currentThread()) {
            return start;
        }
        engine.loads.left(flight);
        if (flight.loading() == Thread.currentThread()) {
            throw recursive(key);
        }
        return new Start<>(null, leadAlone(key, request, engine.executor), true);
    }

    /** Step 2, and the leader's first request; the near tier has not answered. */
    private Start<V> begin(K key, ReadRequest<K, V> request, boolean leased, Executor runner) {
        Route<K> route = engine.route(key);
        boolean hereLeased = leased || engine.near.leaseValid(route.partition());
        Outcome<V> unproven = unproven(key, request, hereLeased);
        if (unproven != null) {
            return new Start<>(unproven, null, false);
        }
        Flight<V> mine = engine.flight(route, leased, hereLeased);
        if (request.isLatest()) {
            // What others began may be older than what this read has to see.
            engine.flights.add(key, mine);
        } else {
            Place<V> place = engine.flights.joinOrLead(key, request.purpose(), mine);
            if (!place.leading()) {
                return joined(key, request, place.flight());
            }
            // Another flight may have landed between the look at the near tier and the registration.
            Outcome<V> landed = answer(key, request, leased);
            if (landed != null) {
                engine.flights.finish(key, request.purpose(), mine);
                mine.land(landed);
                return new Start<>(landed, null, false);
            }
        }
        new LoadCall<>(engine, route, request, mine, runner).start(engine.near.peek(key));
        return new Start<>(null, mine, true);
    }

    /** Where a read stands that has joined a flight. */
    private Start<V> joined(K key, ReadRequest<K, V> request, Flight<V> flight) {
        Outcome<V> meanwhile = meanwhile(key, request, flight);
        if (meanwhile != null) {
            return new Start<>(meanwhile, null, false);
        }
        if (engine.loaderThreads.isLoading(Thread.currentThread())) {
            flight.needByLoader();
        }
        return new Start<>(null, flight, false);
    }

    /** Who joins a load behind the readers is one of them, though this process has no copy of the value. */
    private @Nullable Outcome<V> meanwhile(K key, ReadRequest<K, V> request, Flight<V> flight) {
        NearEntry<V> entry = flight.meanwhile();
        if (entry == null || entry.isExpired() || !request.takesStale() || !engine.near.isRight(entry)) {
            return null;
        }
        long now = engine.clock.exact();
        boolean fresh = now < entry.freshUntil;
        if (!fresh && !engine.loads.policies.mayServeWhileRevalidating(entry, now)) {
            return null;
        }
        engine.loads.left(flight);
        Outcome<V> outcome =
                fresh ? Outcome.of(entry, Source.REMOTE) : Outcome.stale(entry, Source.REMOTE, Reason.REVALIDATING);
        return counted(key, request, outcome);
    }

    private Flight<V> leadAlone(K key, ReadRequest<K, V> request, Executor runner) {
        Route<K> route = engine.route(key);
        Flight<V> flight = engine.flight(route, false, false);
        engine.flights.add(key, flight);
        new LoadCall<>(engine, route, request, flight, runner).start(null);
        return flight;
    }

    /**
     * What this process has to answer a read with, counted; the lease was looked at before. An entry that is due to be
     * loaded anew is, behind the reader.
     *
     * @throws RuntimeException the failure of the last load, where that is remembered
     */
    @Nullable
    Outcome<V> near(K key, ReadRequest<K, V> request, boolean leased) {
        Outcome<V> answer = answer(key, request, leased);
        if (answer == null && request.usesNear()) {
            rememberedFailure(key, request);
        }
        return answer;
    }

    /** As {@link #near}, and throws nothing: for whoever has registered a flight, which must fly. */
    @Nullable
    Outcome<V> answer(K key, ReadRequest<K, V> request, boolean leased) {
        if (!request.usesNear()) {
            return null;
        }
        NearEntry<V> entry = engine.near.coherent(key);
        Outcome<V> known = entry == null ? null : whatIsKnown(key, request, entry);
        if (known != null) {
            return counted(key, request, known);
        }
        NearEntry<V> other = otherwise(key, request, leased);
        return other == null ? null : Outcome.of(other, Source.NEAR);
    }

    private @Nullable Outcome<V> whatIsKnown(K key, ReadRequest<K, V> request, NearEntry<V> entry) {
        long now = engine.near.now();
        boolean fresh = now < entry.deadline;
        if (fresh || engine.loads.mayServeWhileRevalidating(entry, now)) {
            if (entry.isDue(now) && engine.refreshes.mayBegin(request, entry)) {
                engine.refreshes.behind(engine.route(key), entry, request);
            }
            return fresh ? Outcome.of(entry, Source.NEAR) : Outcome.stale(entry, Source.NEAR, Reason.REVALIDATING);
        }
        // Who inspects is told of what others have stored meanwhile, if that can be asked for.
        boolean heldBack =
                request.isInspection() && !engine.storesRemotely() || engine.loads.heldBack.held(key) != null;
        return heldBack && engine.loads.policies.mayServeOnError(entry, now) && !request.isOnlyLookUp()
                ? Outcome.stale(entry, Source.NEAR, Reason.HELD_BACK)
                : null;
    }

    /** An entry that is no more than within the bound by its own age, or need not be. */
    private @Nullable NearEntry<V> otherwise(K key, ReadRequest<K, V> request, boolean leased) {
        if (request.isEventual()) {
            return engine.near.hitEventually(key);
        }
        return leased ? null : engine.near.hitUnleased(key);
    }

    private void rememberedFailure(K key, ReadRequest<K, V> request) {
        // A remote tier may have what is better than a failure.
        if (engine.loads.policies.failures().time() != null && !request.isLookUp() && !engine.storesRemotely()) {
            Held held = engine.loads.heldBack.held(key);
            if (held != null) {
                throw engine.loads.rememberedFailure(key, held);
            }
        }
    }

    /**
     * What the degraded policy gives to a read that the near tier cannot answer for want of a lease.
     *
     * @throws CacheException if it says so
     */
    @Nullable
    Outcome<V> unproven(K key, ReadRequest<K, V> request, boolean leased) {
        if (leased || !request.isBounded()) {
            return null;
        }
        return switch (engine.degraded()) {
            case REMOTE_THEN_ORIGIN -> null;
            case RESERVE -> {
                // What this instance knows to be wrong is no reserve, though nobody else may know yet.
                NearEntry<V> entry = engine.outbox.holds(key) ? null : engine.near.unproven(key);
                yield entry == null ? null : counted(key, request, Outcome.stale(entry, Source.NEAR, Reason.DEGRADED));
            }
            case FAIL ->
                throw new CacheException("Cache '" + engine.name
                        + "': the connection that carries invalidations is lost, so no value can be shown to be within"
                        + " the staleness bound, and the cache's degraded policy is FAIL; try again later, or read with"
                        + " ReadConsistency.EVENTUAL");
        };
    }
}
