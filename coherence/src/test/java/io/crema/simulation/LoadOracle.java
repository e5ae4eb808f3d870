package io.crema.simulation;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.InvalidationPendingException;
import io.crema.LoadRejectedException;
import io.crema.LoadTimeoutException;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Degraded;
import io.crema.simulation.LoadOrigin.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What loads and reads may do, as the policies have it. */
final class LoadOracle {

    /** A value that was made by a load or a put. */
    static final class Made {
        final int key;
        final long version;
        final boolean kept;

        /** When it was last made, renewed or stored. */
        long latest;

        long fresh;

        Made(int key, long version, long now, long fresh, boolean kept) {
            this.key = key;
            this.version = version;
            this.latest = now;
            this.fresh = fresh;
            this.kept = kept;
        }
    }

    /** A load that failed, after which its key is left alone. */
    private record Failed(Call call, long at, int inARow, long hold) {}

    /** What was acknowledged of a key. */
    private record Ack(long time, long version, int instance, boolean expiryOnly) {}

    private static final long SECOND = Times.millis(1_000);

    /** Commands and messages take less, where nothing is wrong. */
    private static final long DELAY = Times.millis(300);

    private final World world;
    private final LoadPlan plan;
    private final LoadCounts counts;
    final Shelf shelf;
    private final LoadHealth health;
    private final long limit;
    private final Map<Long, Made> values = new HashMap<>();
    private final List<LoadOp> ops = new ArrayList<>();
    private final List<List<Ack>> acks = new ArrayList<>();
    private final List<Call> running = new ArrayList<>();
    private final Map<Call, Boolean> refreshing = new HashMap<>();
    private final Map<Call, Boolean> impatient = new HashMap<>();
    private final @Nullable Failed[] failed;
    private final long[] lastFailure;
    private final long[] lastTrouble;
    private final long[] lastNull;
    private final long[] nullFresh;
    private long made;

    /** When a load last ended. */
    private long lastEnd = Long.MIN_VALUE / 2;

    private @Nullable Violation violation;

    /** What was not to be. */
    record Violation(int key, String what) {}

    LoadOracle(World world, LoadPlan plan, List<LoadClient> clients, long limit, LoadCounts counts) {
        this.world = world;
        this.plan = plan;
        this.counts = counts;
        this.limit = limit;
        this.shelf = new Shelf(world, this, plan.keys());
        this.health = new LoadHealth(world, clients);
        this.failed = new Failed[plan.keys()];
        this.lastFailure = longs();
        this.lastTrouble = longs();
        this.lastNull = longs();
        this.nullFresh = new long[plan.keys()];
        for (int key = 0; key < plan.keys(); key++) {
            acks.add(new ArrayList<>());
        }
    }

    private long[] longs() {
        long[] longs = new long[plan.keys()];
        Arrays.fill(longs, Long.MIN_VALUE / 2);
        return longs;
    }

    LoadHealth health() {
        return health;
    }

    void wrong(int key, String what) {
        if (violation == null) {
            violation = new Violation(key, what);
            world.trace.note(world.now(), Oracle.EVERYBODY, key, "VIOLATION " + what, 0);
            world.trace.end();
        }
    }

    @Nullable
    Violation violation() {
        return violation;
    }

    // What is made

    long versionOf(long value) {
        return madeOf(value).version;
    }

    private Made madeOf(long value) {
        return Objects.requireNonNull(values.get(value), () -> "nobody made " + value);
    }

    long made(int key, long version, long fresh, boolean kept) {
        made++;
        long value = Values.value(key, made);
        values.put(value, new Made(key, version, world.now(), fresh, kept));
        return value;
    }

    void madeNull(int key, long fresh) {
        lastNull[key] = world.now();
        nullFresh[key] = Math.max(nullFresh[key], fresh);
    }

    void renewed(long value, long fresh) {
        Made it = madeOf(value);
        it.latest = world.now();
        it.fresh = Math.max(it.fresh, fresh);
    }

    /** It was stored remotely, which is when its time begins there. */
    void stored(long value) {
        madeOf(value).latest = world.now();
    }

    void storedNull(int key) {
        lastNull[key] = world.now();
    }

    // Loads

    void loadBegins(Call call, int key, List<Call> others) {
        counts.loads++;
        long now = call.began;
        boolean refreshes = isRefreshing(call.instance, key);
        boolean waited = hasWaited(call.instance, key);
        refreshing.merge(call, refreshes, Boolean::logicalOr);
        impatient.merge(call, waited, Boolean::logicalOr);
        if (!running.contains(call)) {
            running.add(call);
        }
        for (Call other : others) {
            if (other != call && other.keys.contains(key) && other.isRunning()) {
                beside(call, other, key, refreshes, waited);
            }
        }
        // What stood in the queue of the bulkhead was decided before.
        boolean queued = plan.bulkhead() != null && now - lastEnd < Times.millis(20);
        if (!waited && !refreshes && !queued) {
            afterFailure(key, now);
            instead(call, key, now);
        }
    }

    private void beside(Call call, Call other, int key, boolean refreshes, boolean waited) {
        long since = call.began - other.began;
        boolean mayBoth = waited
                || Boolean.TRUE.equals(impatient.get(other))
                || shelf.written(key) >= other.began - queueing()
                || since >= plan.leaseNanos() - DELAY
                || other.keys.size() > 1 && plan.hardNanos() > 0
                || !plan.remote() && (refreshes || Boolean.TRUE.equals(refreshing.get(other)))
                || wasCancelled(other, key)
                || !health.isHealthySince(other.began - DELAY);
        if (mayBoth) {
            return;
        }
        counts.concurrency++;
        wrong(
                key,
                "a load began while another of the key has run for " + since / 1e6 + " ms in instance "
                        + other.instance);
    }

    /** How long a lease that a write has revoked may be older than its load. */
    private long queueing() {
        return plan.bulkhead() == null ? DELAY : 6 * SECOND;
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
            wrong(
                    key,
                    "a load began " + (now - before.at) / 1e6 + " ms after one failed, number " + before.inARow
                            + " in a row, but the key was to be left alone for " + before.hold / 1e6 + " ms");
        }
    }

    private void instead(Call call, int key, long now) {
        Shelf.Item item = shelf.item(key);
        if (item == null
                || plan.refreshAhead() != null && plan.refreshAhead().beta() > 0
                || now < item.since + DELAY
                || waitsSince(call.instance, key, item.since + DELAY)
                || !health.isWholeSince(item.since - DELAY)) {
            return;
        }
        counts.fresh++;
        double share = plan.refreshAhead() == null ? 1 : plan.refreshAhead().fraction();
        // Freshness begins with the load, for who loads, and ends some time after.
        long due = item.since + (long) (share * item.fresh) - (share < 1 ? item.took : 0) - Times.millis(150);
        if (now < due) {
            wrong(
                    key,
                    "a load began although there has been a fresh value for " + (now - item.since) / 1e6
                            + " ms, and none is due for another " + (due - now) / 1e6 + " ms");
        }
    }

    void loadEnded(Call call, int key, boolean fails) {
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
                            && !Boolean.TRUE.equals(refreshing.get(call))
                            && !Boolean.TRUE.equals(impatient.get(call))
                            && !wasCancelled(call, key)
                            && !isRefreshing(call.instance, key)
                            && health.isHealthySince(call.began - DELAY)
                    ? failure(call, key, now)
                    : null;
        } else if (wanted) {
            failed[key] = null;
            Shelf.Item item = call.gave.get(key);
            boolean unsure = call.keys.size() > 1 && plan.hardNanos() > 0 || plan.bulkhead() != null;
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
        } else if (item != null || plan.keepsReserves() || plan.refreshAhead() != null) {
            // A reserve that is about to end, or of which nothing is known here, shortens the hold.
            return null;
        }
        return hold == 0 ? null : new Failed(call, now, inARow, hold);
    }

    /** For how long after it was stored an item may be served in some way. */
    private long servable(Shelf.Item item) {
        return plan.staleOnError() == null ? item.fresh + plan.whileRevalidateNanos() : item.keep;
    }

    void gaveUp(Call call) {
        counts.given++;
        lastEnd = world.now();
        running.remove(call);
        call.keys.forEach(key -> lastTrouble[key] = world.now());
    }

    // Readers

    LoadOp begins(LoadOp.Kind kind, int instance, List<Integer> keys) {
        LoadOp op = new LoadOp(kind, instance, keys, world.now());
        op.thereAtStart = keys.size() == 1 ? shelf.item(keys.get(0)) : null;
        op.alone = keys.stream().noneMatch(key -> hasWaited(instance, key) || runsImpatiently(instance, key));
        ops.add(op);
        long old = world.now() - 20 * SECOND;
        while (!ops.isEmpty() && !ops.get(0).isOpen() && ops.get(0).start < old) {
            ops.remove(0);
        }
        return op;
    }

    /** Whether a load is under way there that began without a lease, after a long wait, and may know no reserve. */
    private boolean runsImpatiently(int instance, int key) {
        return running.stream()
                .anyMatch(call -> call.instance == instance
                        && call.keys.contains(key)
                        && Boolean.TRUE.equals(impatient.get(call)));
    }

    List<LoadOp> open() {
        return ops.stream().filter(LoadOp::isOpen).toList();
    }

    private boolean isRefreshing(int instance, int key) {
        return ops.stream()
                .anyMatch(op -> op.kind == LoadOp.Kind.REFRESH
                        && op.instance == instance
                        && op.keys.contains(key)
                        && (op.isOpen() || op.cancelled || op.end == world.now()));
    }

    /** Whether somebody may have waited there so long that a load needs no lease. */
    private boolean hasWaited(int instance, int key) {
        return waitsSince(instance, key, world.now() - plan.waitNanos());
    }

    /** Whether a read that began until then may still be under way, though perhaps its reader has been answered. */
    private boolean waitsSince(int instance, int key, long since) {
        return ops.stream()
                .anyMatch(op -> op.kind.loads()
                        && op.instance == instance
                        && op.start <= since
                        && op.keys.contains(key)
                        && (op.isOpen()
                                || op.cancelled
                                || plan.softNanos() > 0 && op.end - op.start >= plan.softNanos() - Times.millis(10)));
    }

    private boolean wasCancelled(Call call, int key) {
        return plan.abandoned() == AbandonedLoads.CANCEL
                && ops.stream()
                        .anyMatch(op -> op.cancelled
                                && op.instance == call.instance
                                && op.keys.contains(key)
                                && op.end >= call.began);
    }

    void acknowledged(int key, long version, int instance, boolean expiryOnly) {
        acks.get(key).add(new Ack(world.now(), version, instance, expiryOnly));
    }

    /** A value was given to a reader. */
    void got(LoadOp op, int key, long value, boolean markedFresh) {
        counts.reads++;
        Made it = values.get(value);
        if (it == null || it.key != key) {
            wrong(key, op + " got " + value + ", which nobody made for it");
            return;
        }
        checkAge(op, key, it, markedFresh);
        checkVersion(op, key, it, markedFresh);
    }

    private void checkAge(LoadOp op, int key, Made it, boolean markedFresh) {
        boolean healthy = health.isHealthySince(op.start - SECOND);
        long slack = healthy ? Times.millis(150) : limit + DELAY;
        long age = op.start - it.latest;
        if (!it.kept) {
            if (age > slack) {
                wrong(key, op + " got a value that was not to be cached " + age / 1e6 + " ms after its load");
            }
            return;
        }
        long fresh = it.fresh + slack;
        long revalidating = fresh + plan.whileRevalidateNanos();
        long most = op.kind == LoadOp.Kind.LOOK_UP
                ? revalidating
                : op.kind == LoadOp.Kind.REFRESH ? slack : Math.max(revalidating, plan.staleOnErrorNanos() + slack);
        if (age > most) {
            wrong(key, op + " got a value of " + age / 1e6 + " ms, more than " + most / 1e6 + " ms");
        } else if (age > fresh) {
            counts.staleReads++;
            if (markedFresh) {
                wrong(key, op + " got a value of " + age / 1e6 + " ms that is not marked as stale");
            } else if (age > revalidating && op.kind != LoadOp.Kind.ENTRY && !isTroubled(op, key)) {
                wrong(key, op + " got a reserve of " + age / 1e6 + " ms although no load failed or was slow");
            }
        }
    }

    /** Whether there was a reason to serve a reserve. */
    private boolean isTroubled(LoadOp op, int key) {
        long from = op.start - plan.longestHoldNanos() - SECOND;
        return plan.bulkhead() != null
                || lastTrouble[key] >= from
                || health.lastRefusal() >= from
                || running.stream().anyMatch(call -> call.keys.contains(key))
                || !health.isHealthySince(op.start - plan.leaseNanos() - SECOND);
    }

    private void checkVersion(LoadOp op, int key, Made it, boolean markedFresh) {
        for (Ack ack : acks.get(key)) {
            long from = ack.instance == op.instance ? ack.time : ack.time + LoadPlan.BOUND.toNanos();
            if (op.start < from || it.version >= ack.version) {
                continue;
            }
            counts.floors++;
            boolean suspect = plan.keepsReserves() && !health.isWholeSince(op.start - 5 * SECOND);
            boolean reserve = ack.expiryOnly
                    && (op.kind == LoadOp.Kind.ENTRY && !markedFresh
                            || op.kind != LoadOp.Kind.LOOK_UP && plan.staleOnError() != null && isTroubled(op, key));
            if (!suspect && !reserve) {
                wrong(
                        key,
                        op + " got version " + it.version + " although " + ack.version + " was "
                                + (ack.expiryOnly ? "expired" : "written") + " at " + ack.time / 1e6 + " ms");
            }
        }
    }

    /** A get found that the origin has nothing. */
    void gotNull(LoadOp op, int key) {
        counts.reads++;
        long slack = limit + DELAY;
        long fresh = nullFresh[key];
        long most = fresh == 0 ? 0 : Math.max(fresh + plan.whileRevalidateNanos(), plan.staleOnErrorNanos());
        if (op.start - lastNull[key] > most + slack) {
            wrong(key, op + " got nothing, but the origin said so last at " + lastNull[key] / 1e6 + " ms");
        }
    }

    /** A get ended in any way but by its own cancellation. */
    void ended(LoadOp op, @Nullable Throwable failure) {
        long took = world.now() - op.start;
        if (op.kind.loads() && plan.hardNanos() > 0 && took > 2 * plan.hardNanos() + 12 * limit + SECOND) {
            wrong(op.keys.get(0), op + " took " + took / 1e6 + " ms, with a hard timeout");
        }
        Shelf.Item item = op.thereAtStart;
        if (op.kind != LoadOp.Kind.GET || item == null || shelf.written(op.keys.get(0)) >= item.since) {
            return;
        }
        int key = op.keys.get(0);
        boolean settled = op.start > item.since + SECOND && health.isWholeSince(item.since - DELAY);
        if (!settled) {
            return;
        }
        long left = item.since + servable(item) - op.start - DELAY;
        if (failure != null && plan.staleOnError() != null && op.alone && left > took) {
            wrong(key, op + " failed with " + failure + " although there is a reserve");
        }
        if (plan.staleOnError() != null && lastFailure[key] >= op.start) {
            counts.survived++;
        }
        long revalidates = item.since + item.fresh + plan.whileRevalidateNanos() - op.start - DELAY;
        if (plan.whileRevalidate() != null && revalidates > 0 && op.alone) {
            counts.revalidated++;
            if (took > DELAY) {
                wrong(key, op + " took " + took / 1e6 + " ms although the value may be served while it is revalidated");
            }
        }
        if (plan.softNanos() > 0
                && op.alone
                && plan.abandoned() == AbandonedLoads.FINISH
                && left > plan.softNanos() + SECOND) {
            counts.soft++;
            if (took > plan.softNanos() + DELAY) {
                wrong(key, op + " took " + took / 1e6 + " ms, with a reserve and a soft timeout");
            }
        }
    }

    /** Whether a reader may get this failure. */
    boolean mayFail(LoadOp op, Throwable failure) {
        long from = op.start - plan.longestHoldNanos() - SECOND;
        boolean loadsFailed = op.keys.stream().anyMatch(key -> lastFailure[key] >= from);
        boolean refused = health.lastRefusal() >= from;
        if (plan.failureNanos() > 0 && (loadsFailed || refused) && mayBeRemembered(failure)) {
            return true;
        } else if (failure instanceof LoadOrigin.Failure) {
            return loadsFailed;
        } else if (failure instanceof LoadRejectedException || failure instanceof LoadTimeoutException) {
            return refused;
        } else if (failure instanceof InvalidationPendingException) {
            return !health.isHealthySince(op.start - SECOND);
        } else if (failure instanceof CacheLoadException) {
            return loadsFailed || refused || !health.isHealthySince(from);
        }
        return failure instanceof CacheException
                && plan.degraded() == Degraded.FAIL
                && !health.isWholeSince(op.start - 5 * SECOND);
    }

    /** The last that this instance has seen, while others see more. */
    private static boolean mayBeRemembered(Throwable failure) {
        return failure instanceof LoadOrigin.Failure
                || failure instanceof LoadRejectedException
                || failure instanceof LoadTimeoutException;
    }
}
