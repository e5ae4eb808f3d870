package io.crema.internal.sync;

import io.crema.spi.RemoteKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What this instance sent or received for one partition in the last half minute and may have to execute again: a failover
 * loses what the new primary had not received yet.
 *
 * <p>Its age is counted from the last heartbeat that confirmed the partition, so that nothing is dropped while there is
 * none. Where keys come faster than {@link #MOST_KEYS} in that time, it is incomplete for as long, and says so. Times are
 * nanoseconds of the instance's clock. Thread-safe.
 */
final class ReplayWindow {

    static final long COVERED_MILLIS = 30_000;

    /** What may be forgotten, and a little for the ways of writes, messages and heartbeats to differ in. */
    static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(COVERED_MILLIS + 1_000);

    /** Of all partitions of a cache together. */
    static final int MOST_KEYS = 65_536;

    /** Keys noted for all partitions of a cache. */
    private final AtomicInteger total;

    /** The least recently noted key first. */
    private final LinkedHashMap<RemoteKey, Noted> keys = new LinkedHashMap<>();

    private boolean cleared;
    private long clearedAt;
    private boolean overflown;
    private long overflownAt;

    private record Noted(long time, long originVersion) {}

    /** A key, or a tag's name in the tag partition; the origin version that an invalidation of it set, 0 = none. */
    record Entry(RemoteKey key, long originVersion) {}

    /** @param complete whether it holds everything that it should */
    record Contents(List<Entry> entries, boolean cleared, boolean complete) {}

    /** @param total shared by the windows of one cache */
    ReplayWindow(AtomicInteger total) {
        this.total = total;
    }

    /** A key was written, invalidated or expired. Of several origin versions the highest counts. */
    synchronized void note(RemoteKey key, long originVersion, long now) {
        Noted before = keys.remove(key);
        if (before == null && total.incrementAndGet() > MOST_KEYS) {
            total.addAndGet(-keys.size() - 1);
            keys.clear();
            overflown = true;
            overflownAt = now;
            return;
        }
        long least = before != null && Long.compareUnsigned(before.originVersion, originVersion) > 0
                ? before.originVersion
                : originVersion;
        keys.put(key, new Noted(now, least));
    }

    synchronized void noteClear(long now) {
        cleared = true;
        clearedAt = now;
    }

    /** The partition was confirmed: no failover that is covered loses what is older than the window. */
    synchronized void confirmed(long time) {
        long oldest = time - KEPT_NANOS;
        Iterator<Map.Entry<RemoteKey, Noted>> each = keys.entrySet().iterator();
        while (each.hasNext() && each.next().getValue().time < oldest) {
            each.remove();
            total.decrementAndGet();
        }
        cleared &= clearedAt >= oldest;
        overflown &= overflownAt >= oldest;
    }

    synchronized boolean isComplete() {
        return !overflown;
    }

    synchronized Contents contents() {
        List<Entry> entries = new ArrayList<>(keys.size());
        keys.forEach((key, noted) -> entries.add(new Entry(key, noted.originVersion)));
        return new Contents(entries, cleared, !overflown);
    }
}
