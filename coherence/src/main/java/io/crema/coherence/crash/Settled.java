package io.crema.coherence.crash;

import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import java.time.Duration;

/** What the lead and the instances must agree on. */
final class Settled {

    static final String NAMESPACE = "crash";
    static final String CACHE = "rows";

    /** So many keys are written at a time. */
    static final int KEYS = 300;

    /**
     * Then come as many others. Only the last write of a key can be seen to be missing: this way there are some at all times,
     * whatever goes wrong then.
     */
    private static final long CHAPTER_MILLIS = 10_000;

    static final Duration LEASE = Duration.ofSeconds(3);

    /** Attempts are so many that no write is given up: what fails here fails by chance, or for seconds. */
    static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .delay(Duration.ofMillis(200))
            .batch(100)
            .retry(Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(1)), 10_000)
            .timeout(Duration.ofSeconds(10))
            .lease(LEASE)
            .drain(Duration.ofSeconds(20));

    /** The low bits of a value are the write's number in its process, the high ones the process's. */
    private static final int SEQUENCE_BITS = 40;

    private Settled() {}

    /** The first of the keys that are written now, in a run that began at that time of the system's clock. */
    static int firstKey(long begunMillis) {
        long chapter = Math.max(0, System.currentTimeMillis() - begunMillis) / CHAPTER_MILLIS;
        return Math.toIntExact(chapter * KEYS);
    }

    /** No two writes have the same value; never 0. */
    static long value(int process, long sequence) {
        return (long) process << SEQUENCE_BITS | sequence;
    }

    static int process(long value) {
        return (int) (value >>> SEQUENCE_BITS);
    }

    static long sequence(long value) {
        return value & (1L << SEQUENCE_BITS) - 1;
    }
}
