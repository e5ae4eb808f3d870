package io.crema.simulation;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.InvalidationPendingException;
import io.crema.LoadRejectedException;
import io.crema.LoadTimeoutException;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Degraded;
import io.crema.simulation.LoadOracle.Made;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader may get, and how soon: no value beyond the limit that a policy sets, none from before an acknowledged write,
 * a reserve for a reason only; and a failure only where one happened and there was no reserve.
 */
final class ReadRules {

    private final World world;
    private final LoadPlan plan;
    private final LoadOracle oracle;
    private final Shelf shelf;
    private final LoadHealth health;
    private final LoadRules loads;
    private final LoadCounts counts;
    private final List<List<Ack>> acks = new ArrayList<>();

    /** The time limit of commands. */
    private final long limit;

    /** What was acknowledged of a key. */
    private record Ack(long time, long version, int instance, boolean expiryOnly) {}

    ReadRules(World world, LoadPlan plan, LoadOracle oracle, LoadRules loads, long limit, LoadCounts counts) {
        this.world = world;
        this.plan = plan;
        this.oracle = oracle;
        this.shelf = oracle.shelf;
        this.health = oracle.health;
        this.loads = loads;
        this.limit = limit;
        this.counts = counts;
        for (int key = 0; key < plan.keys(); key++) {
            acks.add(new ArrayList<>());
        }
    }

    void acknowledged(int key, long version, int instance, boolean expiryOnly) {
        acks.get(key).add(new Ack(world.now(), version, instance, expiryOnly));
    }

    /** A value was given to a reader. */
    void got(LoadOp op, int key, long value, boolean markedFresh) {
        counts.reads++;
        Made it = oracle.known(value);
        if (it == null || it.key != key) {
            oracle.wrong(key, op + " got " + value + ", which nobody made for it");
            return;
        }
        checkAge(op, key, it, markedFresh);
        checkVersion(op, key, it, markedFresh);
    }

    private void checkAge(LoadOp op, int key, Made it, boolean markedFresh) {
        boolean healthy = health.isHealthySince(op.start - LoadRules.SECOND);
        long slack = healthy ? Times.millis(150) : limit + LoadRules.DELAY;
        long age = op.start - it.latest;
        if (!it.kept) {
            if (age > slack) {
                oracle.wrong(key, op + " got a value that was not to be cached " + age / 1e6 + " ms after its load");
            }
            return;
        }
        long fresh = it.fresh + slack;
        long revalidating = fresh + plan.whileRevalidateNanos();
        long most = op.kind == LoadOp.Kind.LOOK_UP
                ? revalidating
                : op.kind == LoadOp.Kind.REFRESH ? slack : Math.max(revalidating, plan.staleOnErrorNanos() + slack);
        if (age > most) {
            oracle.wrong(key, op + " got a value of " + age / 1e6 + " ms, more than " + most / 1e6 + " ms");
        } else if (age > fresh) {
            counts.staleReads++;
            if (markedFresh) {
                oracle.wrong(key, op + " got a value of " + age / 1e6 + " ms that is not marked as stale");
            } else if (age > revalidating && op.kind != LoadOp.Kind.ENTRY && !isTroubled(op, key)) {
                oracle.wrong(key, op + " got a reserve of " + age / 1e6 + " ms although no load failed or was slow");
            }
        }
    }

    /** Whether there was a reason to serve a reserve. */
    private boolean isTroubled(LoadOp op, int key) {
        long from = op.start - plan.longestHoldNanos() - LoadRules.SECOND;
        // With a soft timeout, a lease that is slow to come is enough.
        return plan.loading().bulkhead() != null
                || plan.softNanos() > 0
                || health.lastRefusal() >= from
                || loads.troubledSince(key, from)
                || !health.isHealthySince(op.start - plan.leaseNanos() - LoadRules.SECOND);
    }

    private void checkVersion(LoadOp op, int key, Made it, boolean markedFresh) {
        for (Ack ack : acks.get(key)) {
            long from = ack.instance == op.instance ? ack.time : ack.time + LoadPlan.BOUND.toNanos();
            if (op.start < from) {
                continue;
            }
            counts.floors++;
            if (it.version >= ack.version) {
                continue;
            }
            boolean suspect = plan.keepsReserves() && !health.isWholeSince(op.start - 5 * LoadRules.SECOND);
            boolean reserve = ack.expiryOnly
                    && (op.kind == LoadOp.Kind.ENTRY && !markedFresh
                            || op.kind != LoadOp.Kind.LOOK_UP
                                    && plan.loading().staleOnError() != null
                                    && isTroubled(op, key));
            if (!suspect && !reserve) {
                oracle.wrong(
                        key,
                        op + " got version " + it.version + " although " + ack.version + " was "
                                + (ack.expiryOnly ? "expired" : "written") + " at " + ack.time / 1e6 + " ms");
            }
        }
    }

    /** A get found that the origin has nothing. */
    void gotNull(LoadOp op, int key) {
        counts.reads++;
        long slack = limit + LoadRules.DELAY;
        long fresh = oracle.nullFresh(key);
        long most = fresh == 0 ? 0 : Math.max(fresh + plan.whileRevalidateNanos(), plan.staleOnErrorNanos());
        if (op.start - oracle.lastNull(key) > most + slack) {
            oracle.wrong(
                    key, op + " got nothing, but the origin said so last at " + oracle.lastNull(key) / 1e6 + " ms");
        }
    }

    /** A get ended in any way but by its own cancellation. */
    void ended(LoadOp op, @Nullable Throwable failure) {
        long took = world.now() - op.start;
        if (op.kind.loads() && plan.hardNanos() > 0 && took > 2 * plan.hardNanos() + 12 * limit + LoadRules.SECOND) {
            oracle.wrong(op.keys.get(0), op + " took " + took / 1e6 + " ms, with a hard timeout");
        }
        Shelf.Item item = op.thereAtStart;
        if (op.kind != LoadOp.Kind.GET || item == null || shelf.written(op.keys.get(0)) >= item.since) {
            return;
        }
        int key = op.keys.get(0);
        boolean settled =
                op.start > item.since + 2 * LoadRules.DELAY && health.isWholeSince(item.since - LoadRules.DELAY);
        if (!settled) {
            return;
        }
        long left = item.since + loads.servable(item) - op.start - LoadRules.DELAY;
        if (failure != null && plan.loading().staleOnError() != null && op.alone && left > took) {
            oracle.wrong(key, op + " failed with " + failure + " although there is a reserve");
        }
        if (plan.loading().staleOnError() != null && loads.failedSince(key, op.start)) {
            counts.survived++;
        }
        long revalidates = item.since + item.fresh + plan.whileRevalidateNanos() - op.start - LoadRules.DELAY;
        if (plan.loading().staleWhileRevalidate() != null && revalidates > 0 && op.alone) {
            counts.revalidated++;
            if (took > LoadRules.DELAY) {
                oracle.wrong(
                        key,
                        op + " took " + took / 1e6 + " ms although the value may be served while it is revalidated");
            }
        }
        if (plan.softNanos() > 0
                && op.alone
                && plan.loading().abandoned() == AbandonedLoads.FINISH
                && left > plan.softNanos() + LoadRules.DELAY) {
            counts.soft++;
            if (took > plan.softNanos() + LoadRules.DELAY) {
                oracle.wrong(key, op + " took " + took / 1e6 + " ms, with a reserve and a soft timeout");
            }
        }
    }

    /** Whether a reader may get this failure. */
    boolean mayFail(LoadOp op, Throwable failure) {
        long from = op.start - plan.longestHoldNanos() - LoadRules.SECOND;
        boolean loadsFailed = op.keys.stream().anyMatch(key -> loads.failedSince(key, from));
        boolean refused = health.lastRefusal() >= from;
        if (plan.failureNanos() > 0 && (loadsFailed || refused) && mayBeRemembered(failure)) {
            return true;
        } else if (failure instanceof LoadOrigin.Failure) {
            return loadsFailed;
        } else if (failure instanceof LoadRejectedException || failure instanceof LoadTimeoutException) {
            return refused;
        } else if (failure instanceof InvalidationPendingException) {
            return !health.isHealthySince(op.start - LoadRules.SECOND);
        } else if (failure instanceof CacheLoadException) {
            return loadsFailed || refused || !health.isHealthySince(from);
        }
        return failure instanceof CacheException
                && plan.degraded() == Degraded.FAIL
                && !health.isWholeSince(op.start - 5 * LoadRules.SECOND);
    }

    /** The last that this instance has seen, while others see more. */
    private static boolean mayBeRemembered(Throwable failure) {
        return failure instanceof LoadOrigin.Failure
                || failure instanceof LoadRejectedException
                || failure instanceof LoadTimeoutException;
    }
}
