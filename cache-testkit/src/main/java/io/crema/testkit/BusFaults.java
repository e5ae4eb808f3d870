package io.crema.testkit;

import io.crema.spi.Invalidation;
import java.util.function.BiConsumer;

/**
 * What a {@link FaultyBus} does to invalidations. Immutable.
 *
 * @param lostShare which share is lost, 0 to 1
 * @param loss how
 * @param duplicatedShare which share of the rest is delivered twice, 0 to 1
 * @param seed of the random choice: the same messages in the same order meet the same faults
 * @param observer told the cache and the message after each delivery that was not lost, on the thread that delivered it
 */
public record BusFaults(
        double lostShare, Loss loss, double duplicatedShare, long seed, BiConsumer<String, Invalidation> observer) {

    /** How an invalidation is lost. */
    public enum Loss {
        /** It vanishes; the next message of its partition shows a gap. */
        VISIBLE,
        /** Its stamp and count come without its keys, so that the sequence shows nothing: no real bus does that. */
        HIDDEN
    }

    public BusFaults {
        requireShare("lost", lostShare);
        requireShare("duplicated", duplicatedShare);
    }

    /** No faults, nobody observes. */
    public static BusFaults none() {
        return new BusFaults(0, Loss.VISIBLE, 0, 0, (cache, message) -> {});
    }

    /** Loses a share of the invalidations. */
    public BusFaults losing(double share, Loss how) {
        return new BusFaults(share, how, duplicatedShare, seed, observer);
    }

    /** Delivers a share of the invalidations twice. */
    public BusFaults duplicating(double share) {
        return new BusFaults(lostShare, loss, share, seed, observer);
    }

    /** Chooses by another seed than 0. */
    public BusFaults seededBy(long newSeed) {
        return new BusFaults(lostShare, loss, duplicatedShare, newSeed, observer);
    }

    /**
     * Tells somebody of each delivery. {@link Invalidation#serverMicros()} against the present time is what the message
     * took. It must not block.
     */
    public BusFaults observedBy(BiConsumer<String, Invalidation> newObserver) {
        return new BusFaults(lostShare, loss, duplicatedShare, seed, newObserver);
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("The share that is " + name + " is between 0 and 1, not " + share);
        }
    }
}
