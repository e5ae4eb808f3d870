package io.crema.internal.engine;

import io.crema.internal.time.InstanceClock;
import java.util.LinkedHashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this instance knows of the keys of one cache whose last load failed: until when their origin is left alone, and
 * how often it has failed in a row, which is remembered for a minute longer. Of more keys than {@link #MOST} the ones that
 * failed longest ago are forgotten: their loads are tried sooner, no more. Look-ups take no lock.
 */
final class HeldBack<K> {

    static final int MOST = 100_000;

    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So long a hold never ends, and its end can be computed. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    /**
     * A key that is held back.
     *
     * @param failures in a row; at least 1
     * @param until when the hold ends, by the clock of the instance
     * @param failure of the last load that this instance made; null if it made none
     */
    record Held(int failures, long until, @Nullable Throwable failure) {

        private boolean isForgotten(long now) {
            return now - until >= REMEMBERED_NANOS;
        }
    }

    private final InstanceClock clock;
    private final ConcurrentHashMap<K, Held> keys = new ConcurrentHashMap<>();

    // Both guarded by this, which all changes of the keys hold.
    private final LinkedHashSet<K> oldestFirst = new LinkedHashSet<>();
    private boolean sweeping;

    HeldBack(InstanceClock clock) {
        this.clock = clock;
    }

    /**
     * A load of a key has failed.
     *
     * @param failures how often in a row, with this one
     * @param holdNanos how long its origin is left alone from now on; 0 = it is only counted
     * @param failure null if another instance knows it; one of this instance stays as long as its hold runs
     */
    void failed(K key, int failures, long holdNanos, @Nullable Throwable failure) {
        long until = clock.exact() + Math.min(holdNanos, LONGEST_NANOS);
        synchronized (this) {
            Held before = keys.get(key);
            Throwable known =
                    failure == null && before != null && before.until > clock.exact() ? before.failure : failure;
            oldestFirst.remove(key);
            if (oldestFirst.size() >= MOST) {
                remove(oldestFirst.iterator().next());
            }
            oldestFirst.add(key);
            keys.put(key, new Held(failures, until, known));
            sweepLater();
        }
    }

    /** What is known of a key that is held back now; null = it is not. */
    @Nullable
    Held held(K key) {
        if (keys.isEmpty()) {
            return null;
        }
        Held held = keys.get(key);
        return held == null || held.until <= clock.exact() ? null : held;
    }

    /** How often loads of a key have failed in a row. */
    int failures(K key) {
        Held held = keys.isEmpty() ? null : keys.get(key);
        return held == null || held.isForgotten(clock.exact()) ? 0 : held.failures;
    }

    /** A load has succeeded, or the hold is ended. */
    void forget(K key) {
        if (!keys.isEmpty() && keys.containsKey(key)) {
            synchronized (this) {
                remove(key);
            }
        }
    }

    /** Nothing is held back any more. */
    void clear() {
        if (!keys.isEmpty()) {
            synchronized (this) {
                oldestFirst.clear();
                keys.clear();
            }
        }
    }

    int size() {
        return keys.size();
    }

    private void remove(K key) {
        oldestFirst.remove(key);
        keys.remove(key);
    }

    /** As long as anything is remembered, a sweep a minute takes out what is not worth it any more. */
    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            clock.after(REMEMBERED_NANOS, this::sweep);
        }
    }

    private synchronized void sweep() {
        long now = clock.exact();
        keys.forEach((key, held) -> {
            if (held.isForgotten(now)) {
                remove(key);
            }
        });
        sweeping = false;
        if (!keys.isEmpty()) {
            sweepLater();
        }
    }
}
