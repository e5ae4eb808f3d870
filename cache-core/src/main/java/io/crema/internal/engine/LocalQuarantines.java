package io.crema.internal.engine;

import io.crema.internal.time.InstanceClock;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The quarantines of a cache that shares nothing; those of others are kept by the remote tier. */
final class LocalQuarantines<K> {

    private final InstanceClock clock;
    private final ConcurrentHashMap<K, Held> keys = new ConcurrentHashMap<>();

    LocalQuarantines(InstanceClock clock) {
        this.clock = clock;
    }

    /**
     * A key in quarantine. Immutable.
     *
     * @param shared whether anybody but one holder has written, or wants to
     */
    private record Held(Set<Long> holders, boolean shared, long until) {}

    void begin(K key, long holder, long nanos) {
        long until = clock.exact() + nanos;
        keys.compute(key, (k, held) -> {
            Held live = live(held);
            if (live == null) {
                return new Held(Set.of(holder), false, until);
            }
            Set<Long> holders = new HashSet<>(live.holders);
            holders.add(holder);
            return new Held(holders, true, Math.max(live.until, until));
        });
    }

    /** Whether nothing may be kept for a key. */
    boolean holds(K key) {
        return live(keys.get(key)) != null;
    }

    /** Somebody else writes a key: the holder's value may be older. Returns whether it is in quarantine. */
    boolean share(K key) {
        return keys.computeIfPresent(key, (k, held) -> {
                    Held live = live(held);
                    return live == null ? null : new Held(live.holders, true, live.until);
                })
                != null;
    }

    /** As {@link #share}, of all keys. */
    void shareAll() {
        keys.keySet().forEach(this::share);
    }

    void end(K key, long holder) {
        keys.computeIfPresent(key, (k, held) -> without(live(held), holder));
    }

    /** Ends a quarantine by a value; returns whether that may be kept, since nobody else was there. */
    boolean endFenced(K key, long holder) {
        boolean[] alone = new boolean[1];
        keys.computeIfPresent(key, (k, held) -> {
            Held live = live(held);
            alone[0] = live != null && !live.shared && live.holders.equals(Set.of(holder));
            return without(live, holder);
        });
        return alone[0];
    }

    private static @Nullable Held without(@Nullable Held held, long holder) {
        if (held == null) {
            return null;
        }
        Set<Long> holders = new HashSet<>(held.holders);
        holders.remove(holder);
        return holders.isEmpty() ? null : new Held(holders, held.shared, held.until);
    }

    private @Nullable Held live(@Nullable Held held) {
        return held == null || held.until <= clock.exact() ? null : held;
    }
}
