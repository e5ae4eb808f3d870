package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;

/**
 * A cached city that remembers how this object came to be: it was loaded from the origin or decoded from the shared
 * tier, and when. Neither is stored in Redis.
 *
 * @param madeNanos {@link System#nanoTime()}
 */
record Traced(City city, ReadTier madeBy, long madeNanos) {

    static Traced now(City city, ReadTier madeBy) {
        return new Traced(city, madeBy, System.nanoTime());
    }
}
