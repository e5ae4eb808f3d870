package io.crema.internal.remote;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * How many operations ended of late and how many of them failed, in slices of time: the one that has begun and the nine
 * before it, so between nine and ten tenths of the window. Counting costs one atomic addition, and an object once per
 * slice. Thread-safe, without locks; a count that comes while its slice is being replaced may be lost.
 */
final class SlidingWindow {

    private static final int SLICES = 10;

    /** In the upper half of a slice's number. */
    private static final long CALL = 1L << 32;

    private final long sliceNanos;
    private final AtomicReferenceArray<@Nullable Slice> slices = new AtomicReferenceArray<>(SLICES);

    SlidingWindow(Duration length) {
        this.sliceNanos = Math.max(1, length.toNanos() / SLICES);
    }

    /** What is in the window. */
    record Sums(long calls, long failures) {}

    void succeeded(long now) {
        slice(now).addAndGet(CALL);
    }

    /** Gives what is in the window with this one. */
    Sums failed(long now) {
        Slice current = slice(now);
        current.addAndGet(CALL + 1);
        long calls = 0;
        long failures = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = slices.get(i);
            if (slice != null && current.number - slice.number < SLICES) {
                long counts = slice.get();
                calls += counts >>> 32;
                failures += counts & 0xFFFF_FFFFL;
            }
        }
        return new Sums(calls, failures);
    }

    /** The slice of a moment; a later one if the thread came so late that its own is gone. */
    private Slice slice(long now) {
        long number = now / sliceNanos;
        int index = (int) (number % SLICES);
        Slice before = slices.get(index);
        while (before == null || before.number < number) {
            Slice next = new Slice(number);
            if (slices.compareAndSet(index, before, next)) {
                return next;
            }
            before = slices.get(index);
        }
        return before;
    }

    private static final class Slice extends AtomicLong {

        private static final long serialVersionUID = 1L;

        private final long number;

        Slice(long number) {
            this.number = number;
        }
    }
}
