package io.crema.coherence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes next: first all of them in the order of the catalogue, then again and again in random order, each
 * round complete, as many rounds as fit into the time. What is left of the time lengthens the healthy times before the
 * faults. For one thread.
 */
final class Schedule {

    private final Plan plan;
    private final List<Fault> ahead = new ArrayList<>();

    Schedule(Plan plan, Random random) {
        this.plan = plan;
        ahead.addAll(plan.faults());
        long round = least(plan.faults()).toNanos();
        for (long left = plan.time().toNanos() - 2 * round; left >= 0 && round > 0; left -= round) {
            List<Fault> shuffled = new ArrayList<>(plan.faults());
            Collections.shuffle(shuffled, random);
            ahead.addAll(shuffled);
        }
    }

    private Duration least(List<Fault> faults) {
        return faults.stream()
                .map(fault -> plan.pace().least(fault, plan.bound()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    boolean isOver() {
        return ahead.isEmpty();
    }

    /** How long nothing is to happen before the next fault. */
    Duration gap(Duration left) {
        Duration spare = left.minus(least(ahead)).dividedBy(ahead.size());
        return plan.pace().gap().plus(spare.isNegative() ? Duration.ZERO : spare);
    }

    Fault next() {
        return ahead.remove(0);
    }
}
