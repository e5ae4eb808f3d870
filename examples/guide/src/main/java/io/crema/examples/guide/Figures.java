package io.crema.examples.guide;

/**
 * What a run gave.
 *
 * @param latencies of the reads that gave an answer
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
        Latencies latencies,
        long failed,
        long oldPrices,
        long queries,
        long refused,
        int mostCallers,
        long bytes,
        String note) {

    Figures noting(String other) {
        return new Figures(latencies, failed, oldPrices, queries, refused, mostCallers, bytes, other);
    }

    long reads() {
        return latencies.count() + failed;
    }
}
