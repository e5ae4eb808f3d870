package io.crema.policy;

import java.util.List;

/**
 * How many loads of one cache run at a time in this instance. A bulk load is one. What a loader loads while it runs takes
 * no second place. A load that timed out keeps its place until its loader has really ended, so that an origin that hangs
 * costs no more threads than this.
 *
 * @param loads how many run; at least 1. {@link Integer#MAX_VALUE} = any number
 * @param queue how many wait for one to end, in their order; further ones fail with {@link io.crema.LoadRejectedException}
 */
public record Bulkhead(int loads, int queue) implements Policy {

    private static final Bulkhead UNLIMITED = new Bulkhead(Integer.MAX_VALUE, 0);

    /** That many at a time, and sixteen times as many waiting. */
    public static Bulkhead of(int loads) {
        return new Bulkhead(loads, (int) Math.min(Integer.MAX_VALUE, 16L * Math.max(0, loads)));
    }

    /** No limit. */
    public static Bulkhead unlimited() {
        return UNLIMITED;
    }

    /** The same with that many waiting; 0 = whoever finds no place fails at once. */
    public Bulkhead queue(int queue) {
        return new Bulkhead(loads, queue);
    }

    @Override
    public List<String> faults() {
        return Faults.of(Bulkhead.class)
                .unless(loads >= 1, "loads must be at least 1, but is " + loads)
                .unless(queue >= 0, "queue must not be negative, but is " + queue)
                .list();
    }
}
