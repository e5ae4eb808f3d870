package io.crema.simulation;

import io.crema.policy.AbandonedLoads;
import io.crema.simulation.LoadOrigin.Call;
import java.util.ArrayList;
import java.util.List;

/** Who reads, and has read of late, in a simulation of loads. */
final class LoadReaders {

    private final World world;
    private final LoadPlan plan;
    private final List<LoadOp> ops = new ArrayList<>();

    LoadReaders(World world, LoadPlan plan) {
        this.world = world;
        this.plan = plan;
    }

    LoadOp begins(LoadOp.Kind kind, int instance, List<Integer> keys) {
        LoadOp op = new LoadOp(kind, instance, keys, world.now());
        ops.add(op);
        long old = world.now() - Times.millis(20_000);
        while (!ops.isEmpty() && !ops.get(0).isOpen() && ops.get(0).start < old) {
            ops.remove(0);
        }
        return op;
    }

    List<LoadOp> open() {
        return ops.stream().filter(LoadOp::isOpen).toList();
    }

    boolean isRefreshing(int instance, int key) {
        return ops.stream()
                .anyMatch(op -> op.kind == LoadOp.Kind.REFRESH
                        && op.instance == instance
                        && op.keys.contains(key)
                        && (op.isOpen() || op.cancelled || op.end == world.now()));
    }

    /** Whether somebody may have waited there so long that a load needs no lease. */
    boolean hasWaited(int instance, int key) {
        return waitsSince(instance, key, world.now() - plan.waitNanos());
    }

    /** Whether a read that began until then may still be under way, though perhaps its reader has been answered. */
    boolean waitsSince(int instance, int key, long since) {
        return ops.stream()
                .anyMatch(op -> op.kind.loads()
                        && op.instance == instance
                        && op.start <= since
                        && op.keys.contains(key)
                        && (op.isOpen()
                                || op.cancelled
                                || plan.softNanos() > 0 && op.end - op.start >= plan.softNanos() - Times.millis(10)));
    }

    boolean wasCancelled(Call call, int key) {
        return plan.loading().abandoned() == AbandonedLoads.CANCEL
                && ops.stream()
                        .anyMatch(op -> op.cancelled
                                && op.instance == call.instance
                                && op.keys.contains(key)
                                && op.end >= call.began);
    }
}
