package io.crema.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Pairs calls with what arrives of them elsewhere. Those of one key arrive in the order in which they were made. One
 * thread calls, one is told of arrivals.
 */
final class Arrivals {

    private final Map<String, Queue<Call>> callsByKey;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger unexpected = new AtomicInteger();
    private final Percentiles latencies = new Percentiles();

    private record Call(long at, boolean counts) {}

    Arrivals(String... keys) {
        callsByKey = Arrays.stream(keys)
                .collect(Collectors.toUnmodifiableMap(Function.identity(), key -> new ConcurrentLinkedQueue<>()));
    }

    /** A call that is made now, to warm up. */
    void unmeasured(String key, long nanos) {
        add(key, new Call(nanos, false));
    }

    /** A call that is made now. */
    void measured(String key, long nanos) {
        add(key, new Call(nanos, true));
    }

    private void add(String key, Call call) {
        underWay.incrementAndGet();
        Objects.requireNonNull(callsByKey.get(key), key).add(call);
    }

    /** Never throws, since the caller has more to do; keys that it does not know are not its business. */
    void arrived(String key, long nanos) {
        Queue<Call> calls = callsByKey.get(key);
        if (calls == null) {
            return;
        }
        Call call = calls.poll();
        if (call == null) {
            unexpected.incrementAndGet();
            return;
        }
        if (call.counts()) {
            synchronized (latencies) {
                latencies.add(nanos - call.at());
            }
        }
        underWay.decrementAndGet();
    }

    /** Calls that have not arrived yet. */
    int underWay() {
        return underWay.get();
    }

    /** Arrivals of its keys that nobody called for. */
    int unexpected() {
        return unexpected.get();
    }

    Map<Figure, Double> figures() {
        synchronized (latencies) {
            return latencies.figures();
        }
    }
}
