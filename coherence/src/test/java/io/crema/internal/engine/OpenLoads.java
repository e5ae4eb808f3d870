package io.crema.internal.engine;

import io.crema.TieredCache;
import io.crema.internal.time.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is left of the loads of a cache, which is to be nothing once all have ended. */
public final class OpenLoads {

    private OpenLoads() {}

    /** What there still is, in words; empty if nothing is under way and nothing was forgotten. */
    public static List<String> of(TieredCache<?, ?> cache) {
        CacheEngine<?, ?> engine = engine(cache);
        List<String> found = new ArrayList<>();
        AtomicInteger flights = new AtomicInteger();
        engine.flights.forEach(flight -> flights.incrementAndGet());
        add(found, "flights", flights.get());
        add(found, "soft timers", pending(engine.loads.soft));
        add(found, "hard timers", pending(engine.loads.hard));
        add(found, "places in the bulkhead", engine.loads.gate.running());
        add(found, "refreshes", engine.refreshes.underWay());
        add(found, "waiting for a place", engine.loads.gate.waiting());
        return found;
    }

    /** How many keys are remembered because their last load failed. */
    public static int rememberedFailures(TieredCache<?, ?> cache) {
        return engine(cache).loads.heldBack.size();
    }

    /** Whether a thread counts as one that is inside a loader. */
    public static boolean isLoading(TieredCache<?, ?> cache, Thread thread) {
        return engine(cache).loaderThreads.isLoading(thread);
    }

    private static CacheEngine<?, ?> engine(TieredCache<?, ?> cache) {
        return ((SyncCache<?, ?>) cache).engine;
    }

    private static int pending(@Nullable Timeouts timeouts) {
        return timeouts == null ? 0 : timeouts.pending();
    }

    private static void add(List<String> found, String what, int count) {
        if (count != 0) {
            found.add(count + " " + what);
        }
    }
}
