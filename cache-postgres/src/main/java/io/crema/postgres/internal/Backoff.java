package io.crema.postgres.internal;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next attempt to connect: random, so that instances do not come all at once. */
public final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long MOST_MILLIS = 2_000;

    private long limit = FIRST_MILLIS;

    public void reset() {
        limit = FIRST_MILLIS;
    }

    public long nextMillis() {
        long delay = ThreadLocalRandom.current().nextLong(FIRST_MILLIS / 10, limit + 1);
        limit = Math.min(MOST_MILLIS, 2 * limit);
        return delay;
    }
}
