package io.crema.examples.guide;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long the reads took that gave an answer; counted from when the request came, so the wait for a thread of the service is
 * part of it. Immutable.
 */
final class Latencies {

    private final long[] ascending;

    private Latencies(long[] ascending) {
        this.ascending = ascending;
    }

    /** Of these, in nanoseconds, those that are not negative. */
    static Latencies of(long[] nanos) {
        return new Latencies(
                Arrays.stream(nanos).filter(each -> each >= 0).sorted().toArray());
    }

    int count() {
        return ascending.length;
    }

    /** How many took longer than that. */
    long above(Duration limit) {
        return Arrays.stream(ascending).filter(nanos -> nanos > limit.toNanos()).count();
    }

    /** What this share of them did not exceed, in milliseconds; NaN if there are none. */
    double millis(double share) {
        if (ascending.length == 0) {
            return Double.NaN;
        }
        int at = (int) Math.ceil(share * ascending.length) - 1;
        return ascending[Math.max(0, at)] / 1e6;
    }
}
