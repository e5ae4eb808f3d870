package io.crema.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets things begin evenly, so many a second, and some at once after a while without any: the generic cell rate algorithm
 * of ITU-T I.371. Thread-safe; takes no lock. Times are nanoseconds of the instance's clock.
 */
final class RateLimiter {

    private final long interval;
    private final long ahead;

    /** When the next one would begin if none had ever begun early. */
    private final AtomicLong next = new AtomicLong(Long.MIN_VALUE);

    RateLimiter(int perSecond, int atOnce) {
        this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.ahead = (atOnce - 1) * interval;
    }

    /** Whether one may begin; threads that ask at the same moment may all be told so. */
    boolean allows(long now) {
        return next.get() <= now + ahead;
    }

    /** One has begun. */
    void begun(long now) {
        next.accumulateAndGet(now, (before, moment) -> Math.max(before, moment) + interval);
    }
}
