package io.crema.examples.guide;

import java.time.Duration;
import java.util.Arrays;

/**
 * What a run gave.
 *
 * @param latencies of the reads that gave an answer, in nanoseconds, in ascending order; counted from when the request
 *     came, so the wait for a thread of the service is part of it
 * @param failed reads that ended with an exception
 * @param oldPrices reads that showed a price older than one that all had been told of
 * @param queries that the database got
 * @param refused queries that it refused because it was down
 * @param mostCallers the most callers that the database had at a time
 * @param bytes that the database sent
 * @param note what else a run has to say
 */
@SuppressWarnings("ArrayRecordComponent") // copied when it comes, and given to nobody
record Figures(
        long[] latencies,
        long failed,
        long oldPrices,
        long queries,
        long refused,
        int mostCallers,
        long bytes,
        String note) {

    Figures {
        latencies = latencies.clone();
        Arrays.sort(latencies);
    }

    Figures noting(String other) {
        return new Figures(latencies, failed, oldPrices, queries, refused, mostCallers, bytes, other);
    }

    /** Answers that took longer than that. */
    long slowerThan(Duration limit) {
        return Arrays.stream(latencies).filter(nanos -> nanos > limit.toNanos()).count();
    }

    long reads() {
        return latencies.length + failed;
    }

    /** The latency that this share of the answers did not exceed, in milliseconds; NaN without an answer. */
    double millis(double share) {
        if (latencies.length == 0) {
            return Double.NaN;
        }
        int at = (int) Math.ceil(share * latencies.length) - 1;
        return latencies[Math.max(0, at)] / 1e6;
    }
}
