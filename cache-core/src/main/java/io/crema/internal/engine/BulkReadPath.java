package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.internal.engine.Flights.Place;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/**
 * What a bulk read does: keys that nobody is reading are led together, by one request to the remote tier and one call of
 * the bulk loader; only then are the keys waited for that others were already reading.
 *
 * <p>A request is given for a number of keys, since a bulk loader waits for that many.
 */
final class BulkReadPath<K, V> {

    private final CacheEngine<K, V> engine;

    BulkReadPath(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    /** A bulk read whose own flights have started. */
    private static final class Bulk<K, V> {
        final Set<K> keys;
        final Map<K, Outcome<V>> found = new HashMap<>();
        final Map<K, Flight<V>> led = new LinkedHashMap<>();

        /** Each is left by this read, or by the read of its key that it is handed to, which takes it out of here. */
        final Map<K, Flight<V>> joined = new LinkedHashMap<>();

        Bulk(Set<K> keys) {
            this.keys = keys;
        }

        CompletableFuture<Void> allLed() {
            return CompletableFuture.allOf(
                    led.values().stream().map(flight -> flight.result).toArray(CompletableFuture[]::new));
        }

        /** In the order asked; cached nulls and what was not found are left out. */
        Map<K, V> values() {
            Map<K, V> values = new LinkedHashMap<>();
            for (K key : keys) {
                Outcome<V> outcome = found.get(key);
                V value = outcome == null ? null : outcome.value();
                if (value != null) {
                    values.put(key, value);
                }
            }
            return values;
        }
    }

    Map<K, V> readAll(Collection<? extends K> keys, IntFunction<ReadRequest<K, V>> requests) {
        CallerRunner runner = new CallerRunner(engine.executor);
        Bulk<K, V> bulk = begin(keys, requests, runner);
        try {
            awaitLed(bulk, runner);
            takeLed(bulk, requests.apply(1));
            for (K key : List.copyOf(bulk.joined.keySet())) {
                Flight<V> flight = Objects.requireNonNull(bulk.joined.remove(key));
                bulk.found.put(key, engine.readPath.readJoined(key, requests.apply(1), flight));
            }
        } finally {
            // After a failure of another key, or an interrupt.
            bulk.joined.values().forEach(engine.loads::left);
        }
        return bulk.values();
    }

    private void awaitLed(Bulk<K, V> bulk, CallerRunner runner) {
        try {
            runner.runUntil(bulk.allLed());
        } catch (InterruptedException e) {
            bulk.led.values().forEach(engine.loads::left);
            Thread.currentThread().interrupt();
            throw new CacheException("Cache '" + engine.name + "': interrupted while waiting for values", e);
        } finally {
            runner.leave();
        }
    }

    CompletableFuture<Map<K, V>> readAllAsync(Collection<? extends K> keys, IntFunction<ReadRequest<K, V>> requests) {
        Bulk<K, V> bulk;
        try {
            bulk = begin(keys, requests, engine.executor);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        // Asked for on this thread, which may be a loader that one of these waits for.
        Map<K, CompletableFuture<Outcome<V>>> joined = new LinkedHashMap<>();
        bulk.joined.forEach(
                (key, flight) -> joined.put(key, engine.readPath.readJoinedAsync(key, requests.apply(1), flight)));
        CompletableFuture<Void> allJoined =
                CompletableFuture.allOf(joined.values().toArray(CompletableFuture[]::new));
        CompletableFuture<Map<K, V>> all = CompletableFuture.allOf(bulk.allLed(), allJoined)
                .handleAsync(
                        (done, failure) -> {
                            takeLed(bulk, requests.apply(1));
                            joined.forEach((key, one) -> bulk.found.put(key, Futures.valueOf(one)));
                            return bulk.values();
                        },
                        engine.executor);
        return engine.loads.leavingWhenCancelled(all, () -> {
            bulk.led.values().forEach(engine.loads::left);
            joined.values().forEach(one -> one.cancel(false));
        });
    }

    private void takeLed(Bulk<K, V> bulk, ReadRequest<K, V> request) {
        bulk.led.forEach((key, flight) -> bulk.found.put(key, engine.readPath.outcomeOfLed(key, request, flight)));
    }

    private Bulk<K, V> begin(Collection<? extends K> keys, IntFunction<ReadRequest<K, V>> requests, Executor runner) {
        engine.requireOpen();
        Set<K> distinct = new LinkedHashSet<>(keys);
        distinct.forEach(engine::requireKey);
        Bulk<K, V> bulk = new Bulk<>(distinct);
        ReadRequest<K, V> single = requests.apply(1);
        boolean leased = engine.near.leaseValid();
        List<Route<K>> routes = new ArrayList<>();
        for (K key : distinct) {
            Outcome<V> near = engine.readPath.near(key, single, leased);
            if (near != null) {
                bulk.found.put(key, near);
                continue;
            }
            Route<K> route = engine.route(key);
            Outcome<V> unproven =
                    engine.readPath.unproven(key, single, leased || engine.near.leaseValid(route.partition()));
            if (unproven != null) {
                bulk.found.put(key, unproven);
            } else {
                routes.add(route);
            }
        }
        // From here on nothing throws: a registered flight must fly.
        List<Route<K>> led = new ArrayList<>();
        for (Route<K> route : routes) {
            if (register(bulk, route, single, leased)) {
                led.add(route);
            }
        }
        start(bulk, led, requests.apply(Math.max(1, led.size())), runner);
        return bulk;
    }

    private boolean register(Bulk<K, V> bulk, Route<K> route, ReadRequest<K, V> single, boolean leased) {
        K key = route.key();
        boolean hereLeased = leased || engine.near.leaseValid(route.partition());
        Flight<V> mine = engine.flight(route, leased, hereLeased);
        if (single.isLatest()) {
            engine.flights.add(key, mine);
        } else {
            Place<V> place = engine.flights.joinOrLead(key, single.purpose(), mine);
            if (!place.leading()) {
                bulk.joined.put(key, place.flight());
                return false;
            }
            // As for one key: another flight may have landed meanwhile.
            Outcome<V> landed = engine.readPath.answer(key, single, leased);
            if (landed != null) {
                engine.flights.finish(key, single.purpose(), mine);
                mine.land(landed);
                bulk.found.put(key, landed);
                return false;
            }
        }
        bulk.led.put(key, mine);
        return true;
    }

    private void start(Bulk<K, V> bulk, List<Route<K>> led, ReadRequest<K, V> request, Executor runner) {
        List<LoadCall<K, V>> together = new ArrayList<>();
        List<RemoteKey> remoteKeys = new ArrayList<>();
        for (Route<K> route : led) {
            Flight<V> flight = Objects.requireNonNull(bulk.led.get(route.key()));
            LoadCall<K, V> call = new LoadCall<>(engine, route, request, flight, runner);
            if (call.mayAskRemote()) {
                together.add(call);
                remoteKeys.add(route.remoteKey());
            } else {
                call.start(null);
            }
        }
        if (together.isEmpty()) {
            return;
        }
        boolean trustFloors =
                together.stream().allMatch(call -> engine.readMode(request, call.flight()) == ReadMode.VALUE);
        RemoteAccess access = together.get(0).route().access();
        access.readAll(remoteKeys, trustFloors ? ReadMode.VALUE : ReadMode.VALUE_AND_FLOOR)
                .whenComplete((records, none) -> runner.execute(() -> deliver(together, records)));
    }

    private void deliver(List<LoadCall<K, V>> calls, Answer<List<RemoteRecord>> records) {
        Answer<List<RemoteRecord>> complete = records.isEmpty() || records.get().size() == calls.size()
                ? records
                : Answer.none(new IllegalStateException("fewer records than keys"));
        for (int i = 0; i < calls.size(); i++) {
            int index = i;
            calls.get(i).startWith(complete.map(all -> all.get(index)));
        }
    }
}
