package io.crema.internal.engine;

import io.crema.internal.time.InstanceClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * For a cache without a remote tier: the least origin versions that invalidations named, remembered for a minute.
 * Thread-safe.
 */
final class LeastVersions<K> {

    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final InstanceClock clock;
    private final Map<K, Least> byKey = new ConcurrentHashMap<>();

    LeastVersions(InstanceClock clock) {
        this.clock = clock;
    }

    private record Least(long version, long until) {}

    /** No older version is accepted from now on; 0 = any is. */
    void raise(K key, long version) {
        if (version == 0) {
            return;
        }
        long until = clock.exact() + KEPT_NANOS;
        byKey.merge(
                key,
                new Least(version, until),
                (old, own) -> new Least(
                        Long.compareUnsigned(old.version, own.version) > 0 ? old.version : own.version, own.until));
        clock.after(KEPT_NANOS, () -> forget(key));
    }

    private void forget(K key) {
        byKey.computeIfPresent(key, (k, least) -> least.until <= clock.exact() ? null : least);
    }

    /** 0 = any. */
    long least(K key) {
        Least least = byKey.get(key);
        return least == null ? 0 : least.version;
    }
}
