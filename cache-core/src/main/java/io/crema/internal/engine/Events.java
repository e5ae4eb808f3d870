package io.crema.internal.engine;

import io.crema.event.CacheEvent.BreakerChanged;
import io.crema.event.CacheEvent.Cleared;
import io.crema.event.CacheEvent.Evicted;
import io.crema.event.CacheEvent.Invalidated;
import io.crema.event.CacheEvent.LeaseChanged;
import io.crema.event.CacheEvent.LoadFailed;
import io.crema.event.CacheEvent.Loaded;
import io.crema.event.CacheEvent.RefreshFailed;
import io.crema.event.CacheEvent.Refreshed;
import io.crema.event.CacheEvent.StaleServed;
import io.crema.event.CacheEvent.TagInvalidated;
import io.crema.event.CacheEvent.WriteFailed;
import io.crema.event.CacheEvent.WriteGivenUp;
import io.crema.event.CacheEvent.WriteRejected;
import io.crema.event.CacheEvent.WriteUnreadable;
import io.crema.event.CacheListener;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.InstanceClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listeners of a cache what happens in it. Nothing here blocks or throws, so it may be called from anywhere,
 * under any lock; without a listener it is one look at a final field, and nothing is made.
 */
final class Events {

    private final String cache;
    private final InstanceClock clock;

    /** Null where nobody listens. */
    private final @Nullable EventQueue queue;

    private volatile @Nullable Runnable watch;
    private volatile boolean partitionCleared;

    /**
     * @param ofAll who listens to all caches; they are told before those of this one
     * @param failures counts what listeners throw, and what they are not told
     */
    Events(
            String cache,
            List<CacheListener> ofAll,
            List<CacheListener> ofThis,
            Executor executor,
            InstanceClock clock,
            LongAdder failures,
            RareLog log) {
        this.cache = cache;
        this.clock = clock;
        List<CacheListener> listeners = new ArrayList<>(ofAll);
        listeners.addAll(ofThis);
        this.queue = listeners.isEmpty() ? null : new EventQueue(cache, listeners, executor, clock, failures, log);
    }

    // Loads. Times are nanoseconds.

    void loaded(Object key, long took) {
        if (queue != null) {
            queue.add(new Loaded(cache, key, Duration.ofNanos(took)));
        }
    }

    void loadFailed(Object key, long took, Throwable failure, int failures) {
        if (queue != null) {
            queue.add(new LoadFailed(cache, key, Duration.ofNanos(took), failure, failures));
        }
    }

    void refreshed(Object key, long took) {
        if (queue != null) {
            queue.add(new Refreshed(cache, key, Duration.ofNanos(took)));
        }
    }

    void refreshFailed(Object key, long took, Throwable failure, int failures) {
        if (queue != null) {
            queue.add(new RefreshFailed(cache, key, Duration.ofNanos(took), failure, failures));
        }
    }

    /** @param bornAt when the value was loaded, by the clock of the instance */
    void staleServed(Object key, long bornAt, StaleServed.Reason reason) {
        if (queue != null) {
            queue.add(new StaleServed(cache, key, Duration.ofNanos(clock.exact() - bornAt), reason));
        }
    }

    // Writes behind the caller

    void writeRejected(Object key) {
        if (queue != null) {
            queue.add(new WriteRejected(cache, key));
        }
    }

    void writeFailed(Object key, int attempt, Throwable failure) {
        if (queue != null) {
            queue.add(new WriteFailed(cache, key, attempt, failure));
        }
    }

    void writeUnreadable(int partition, long writeId) {
        if (queue != null) {
            queue.add(new WriteUnreadable(cache, partition, writeId));
        }
    }

    void writeGivenUp(Object key, int attempts, Throwable failure) {
        if (queue != null) {
            queue.add(new WriteGivenUp(cache, key, attempts, failure));
        }
    }

    // What leaves

    void evicted(Object key, Evicted.Cause cause) {
        if (queue != null) {
            queue.add(new Evicted(cache, key, cause));
        }
    }

    /** By a call of this instance, as are the next two. */
    void invalidated(Object key) {
        if (queue != null) {
            queue.add(new Invalidated(cache, key, false));
        }
    }

    void tagInvalidated(String tag) {
        if (queue != null) {
            queue.add(new TagInvalidated(cache, tag, false));
        }
    }

    void cleared() {
        if (queue != null) {
            queue.add(new Cleared(cache, false));
        }
    }

    void invalidatedByMessage(Object key) {
        if (queue != null) {
            queue.add(new Invalidated(cache, key, true));
        }
    }

    void tagInvalidatedByMessage(String tag) {
        if (queue != null) {
            queue.add(new TagInvalidated(cache, tag, true));
        }
    }

    /** There is a message for each partition; those that come between two ticks are one event. */
    void partitionClearedByMessage() {
        if (queue != null) {
            partitionCleared = true;
        }
    }

    // What it stands on

    /** Begins to look, with each tick of the clock, whether the cache has the lease, which it has not at first. */
    void watch(BooleanSupplier lease) {
        if (queue != null) {
            Runnable begun = new Watch(queue, lease);
            watch = begun;
            clock.onTick(begun);
        }
    }

    /** What changes without a call: looked at on the clock's thread. */
    private final class Watch implements Runnable {

        private final EventQueue events;
        private final BooleanSupplier lease;
        private boolean held;

        Watch(EventQueue events, BooleanSupplier lease) {
            this.events = events;
            this.lease = lease;
        }

        @Override
        public void run() {
            if (partitionCleared) {
                partitionCleared = false;
                events.add(new Cleared(cache, true));
            }
            boolean now = lease.getAsBoolean();
            if (now != held) {
                held = now;
                events.add(new LeaseChanged(cache, now));
            }
        }
    }

    void breakerChanged(BreakerChanged.State from, BreakerChanged.State to, @Nullable Throwable lastFailure) {
        if (queue != null) {
            queue.add(new BreakerChanged(cache, from, to, lastFailure));
        }
    }

    /** Nothing that happens from now on is told; what happened before still is, without this waiting for it. */
    void close() {
        Runnable begun = watch;
        if (begun != null) {
            clock.offTick(begun);
        }
        if (queue != null) {
            queue.close();
        }
    }
}
