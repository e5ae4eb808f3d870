package io.crema.internal.near;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts hits for less than an atomic addition costs. Each thread has a stripe by its id, a cache line of its own;
 * threads that share a stripe may lose counts when they hit at the same instant.
 */
final class HitCounter {

    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);

    /** 128 bytes: two lines, since processors fetch them in pairs. */
    private static final int STRIDE_SHIFT = 4;

    private static final int STRIPES =
            Integer.highestOneBit(Math.max(8, Runtime.getRuntime().availableProcessors() * 4) * 2 - 1);

    private final long[] cells = new long[(STRIPES + 1) << STRIDE_SHIFT];

    void increment() {
        int index = (((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1) << STRIDE_SHIFT;
        CELLS.setOpaque(cells, index, (long) CELLS.getOpaque(cells, index) + 1);
    }

    long sum() {
        long sum = 0;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            sum += (long) CELLS.getOpaque(cells, stripe << STRIDE_SHIFT);
        }
        return sum;
    }
}
