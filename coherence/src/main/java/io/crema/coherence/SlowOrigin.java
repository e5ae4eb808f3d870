package io.crema.coherence;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * Reads a version and then takes its time to return it, which is when others can overtake: most loads up to the time
 * given, one in fifty up to 25 times as long. Thread-safe.
 */
record SlowOrigin(SharedVersions versions, long loadNanos) implements ToLongFunction<Key> {

    private static final int SLOW_ONE_IN = 50;
    private static final int SLOWER = 25;

    @Override
    public long applyAsLong(Key key) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long most = random.nextInt(SLOW_ONE_IN) == 0 ? SLOWER * loadNanos : loadNanos;
        long version = versions.get(key.number());
        if (most > 0) {
            LockSupport.parkNanos(random.nextLong(most));
        }
        return version;
    }
}
