package io.crema.simulation;

import io.crema.simulation.LoadOrigin.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When an origin may be asked: for one key once at a time in the whole fleet, not soon after a failure, and not for what is
 * there already. What a fault of the connections makes possible is not held against anybody.
 */
final class LoadRules {

    static final long SECOND = Times.millis(1_000);

    /** Commands and messages take less, where nothing is wrong. */
    static final long DELAY = Times.millis(300);

    private final World world;
    private final LoadPlan plan;
    private final LoadOracle oracle;
    private final Shelf shelf;
    private final LoadHealth health;
    private final LoadReaders readers;
    private final LoadCounts counts;
    private final List<Call> running = new ArrayList<>();
    private final @Nullable Failed[] failed;
    private final long[] lastFailure;
    private final long[] lastTrouble;

    /** When a load last ended. */
    private long lastEnd = Long.MIN_VALUE / 2;

    /** A load that failed, after which its key is left alone. */
    private record Failed(Call call, long at, int inARow, long hold) {}

    LoadRules(World world, LoadPlan plan, LoadOracle oracle, LoadReaders readers, LoadCounts counts) {
        this.world = world;
        this.plan = plan;
        this.oracle = oracle;
        this.shelf = oracle.shelf;
        this.health = oracle.health;
        this.readers = readers;
        this.counts = counts;
        this.failed = new Failed[plan.keys()];
        this.lastFailure = new long[plan.keys()];
        this.lastTrouble = new long[plan.keys()];
        Arrays.fill(lastFailure, Long.MIN_VALUE / 2);
        Arrays.fill(lastTrouble, Long.MIN_VALUE / 2);
    }

    void begins(Call call, int key, List<Call> others) {
        counts.loads++;
        long now = call.began;
        boolean refreshes = readers.isRefreshing(call.instance, key);
        boolean waited = readers.hasWaited(call.instance, key);
        call.refreshes |= refreshes;
        call.impatient |= waited;
        if (!running.contains(call)) {
            running.add(call);
        }
        for (Call other : others) {
            if (other != call && other.keys.contains(key) && other.isRunning()) {
                beside(call, other, key, refreshes, waited);
            }
        }
        // What stood in the queue of the bulkhead was decided before.
        boolean queued = plan.loading().bulkhead() != null && now - lastEnd < Times.millis(20);
        if (!waited && !refreshes && !queued) {
            afterFailure(key, now);
            instead(call, key, now);
        }
    }

    /** Then its key is free, whether or not its loader has ended. */
    private boolean hasTimedOut(long since) {
        return plan.hardNanos() > 0 && since >= plan.hardNanos();
    }

    /** Who comes after the reserve's limit does not wait for the load whose callers got that, and nobody else knows of it. */
    private boolean mayOutliveReserve(long since) {
        return !plan.remote() && plan.keepsReserves() && plan.softNanos() > 0 && since >= plan.softNanos();
    }

    private void beside(Call call, Call other, int key, boolean refreshes, boolean waited) {
        long since = call.began - other.began;
        boolean mayBoth = waited
                || other.impatient
                || shelf.written(key) >= other.began - queueing()
                || since >= plan.leaseNanos() - DELAY
                || other.keys.size() > 1 && plan.hardNanos() > 0
                || hasTimedOut(since)
                || !plan.remote() && (refreshes || other.refreshes)
                || mayOutliveReserve(since)
                || readers.wasCancelled(other, key)
                || !health.isHealthySince(other.began - DELAY);
        counts.beside++;
        if (mayBoth) {
            return;
        }
        oracle.wrong(
                key,
                "a load began while another of the key has run for " + since / 1e6 + " ms in instance "
                        + other.instance);
    }

    /** How long a lease that a write has revoked may be older than its load. */
    private long queueing() {
        return plan.loading().bulkhead() == null ? DELAY : 6 * SECOND;
    }

    private void afterFailure(int key, long now) {
        Failed before = failed[key];
        if (before == null
                || shelf.written(key) >= before.call.began - queueing()
                || !health.isHealthySince(before.call.began - DELAY)) {
            return;
        }
        counts.holds++;
        if (now < before.at + before.hold - Times.millis(10)) {
            oracle.wrong(
                    key,
                    "a load began " + (now - before.at) / 1e6 + " ms after one failed, number " + before.inARow
                            + " in a row, but the key was to be left alone for " + before.hold / 1e6 + " ms");
        }
    }

    private void instead(Call call, int key, long now) {
        Shelf.Item item = shelf.item(key);
        if (item == null
                || plan.loading().refreshAhead() != null
                        && plan.loading().refreshAhead().beta() > 0
                || now < item.since + DELAY
                || readers.waitsSince(call.instance, key, item.since + DELAY)
                || !health.isWholeSince(item.since - DELAY)) {
            return;
        }
        counts.fresh++;
        double share = plan.loading().refreshAhead() == null
                ? 1
                : plan.loading().refreshAhead().fraction();
        // Freshness begins with the load, for who loads, and ends some time after.
        long due = item.since + (long) (share * item.fresh) - (share < 1 ? item.took : 0) - Times.millis(150);
        if (now < due) {
            oracle.wrong(
                    key,
                    "a load began although there has been a fresh value for " + (now - item.since) / 1e6
                            + " ms, and none is due for another " + (due - now) / 1e6 + " ms");
        }
    }

    void ended(Call call, int key, boolean fails) {
        long now = world.now();
        lastEnd = now;
        boolean wanted = !call.givenUp;
        long slow = plan.softNanos() == 0 ? plan.waitNanos() : Math.min(plan.softNanos(), plan.waitNanos());
        if (fails || !wanted || now - call.began >= slow - Times.millis(100)) {
            lastTrouble[key] = now;
        }
        if (fails) {
            lastFailure[key] = now;
        }
        boolean undisturbed = shelf.written(key) < call.began - queueing() || shelf.written(key) == 0;
        if (fails && wanted) {
            failed[key] = undisturbed
                            && !call.refreshes
                            && !call.impatient
                            && !readers.wasCancelled(call, key)
                            && !readers.isRefreshing(call.instance, key)
                            && health.isHealthySince(call.began - DELAY)
                    ? failure(call, key, now)
                    : null;
        } else if (wanted) {
            failed[key] = null;
            Shelf.Item item = call.gave.get(key);
            boolean unsure = call.keys.size() > 1 && plan.hardNanos() > 0
                    || plan.loading().bulkhead() != null;
            if (!plan.remote() && item == null) {
                // What is not cached removes what was there.
                shelf.written(key, "not cached");
            } else if (!plan.remote() && undisturbed && item != null && !unsure) {
                // A single instance without a remote tier has it.
                shelf.stored(key, item);
            }
        }
        running.remove(call);
    }

    private @Nullable Failed failure(Call call, int key, long now) {
        Failed before = failed[key];
        boolean first =
                before == null || shelf.written(key) >= before.call.began - queueing() || call.began < before.at;
        int inARow = first ? 1 : before.inARow + 1;
        Shelf.Item item = shelf.item(key);
        // Of what was expired by a call, or by a tag that it may have, there may be a reserve.
        long left = item == null ? 0 : item.since + servable(item) - now;
        long hold = plan.failureNanos();
        if (left > Times.millis(600)) {
            hold = Math.min(plan.holdNanos(inARow), left - DELAY);
        } else if (item != null || plan.keepsReserves() || plan.loading().refreshAhead() != null) {
            // A reserve that is about to end, or of which nothing is known here, shortens the hold.
            return null;
        }
        return hold == 0 ? null : new Failed(call, now, inARow, hold);
    }

    /** For how long after it was stored an item may be served in some way. */
    long servable(Shelf.Item item) {
        return plan.loading().staleOnError() == null ? item.fresh + plan.whileRevalidateNanos() : item.keep;
    }

    void gaveUp(Call call) {
        counts.given++;
        lastEnd = world.now();
        running.remove(call);
        call.keys.forEach(key -> lastTrouble[key] = world.now());
    }

    // What readers may notice

    boolean failedSince(int key, long time) {
        return lastFailure[key] >= time;
    }

    /** Whether a load failed or was slow, or is under way. */
    boolean troubledSince(int key, long time) {
        return lastTrouble[key] >= time || running.stream().anyMatch(call -> call.keys.contains(key));
    }

    /** Whether a load is under way there that began without a lease, after a long wait, and may know no reserve. */
    boolean runsImpatiently(int instance, int key) {
        return running.stream()
                .anyMatch(call -> call.instance == instance && call.keys.contains(key) && call.impatient);
    }
}
