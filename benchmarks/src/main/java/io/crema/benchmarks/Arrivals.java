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
        calls(key).add(call);
    }

    void arrived(String key, long nanos) {
        Call call = calls(key).poll();
        if (call == null) {
            throw new IllegalStateException("Nobody called for " + key + " what has arrived");
        }
        if (call.counts()) {
            synchronized (latencies) {
                latencies.add(nanos - call.at());
            }
        }
        underWay.decrementAndGet();
    }

    private Queue<Call> calls(String key) {
        return Objects.requireNonNull(callsByKey.get(key), key);
    }

    /** Calls that have not arrived yet. */
    int underWay() {
        return underWay.get();
    }

    Map<Figure, Double> figures() {
        synchronized (latencies) {
            return latencies.figures();
        }
    }
}
