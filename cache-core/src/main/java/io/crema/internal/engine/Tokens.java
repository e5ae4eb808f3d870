package io.crema.internal.engine;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random identities of loads and puts, never 0, and an instance's other random choices. Each instance has a secure random
 * start, so that two that begin in the same millisecond do not share any; from there Steele, Lea and Flood's SplitMix64
 * ("Fast splittable pseudorandom number generators", 2014) gives each number once in 2<sup>64</sup>.
 */
public final class Tokens {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final AtomicLong state;

    public Tokens() {
        this(new SecureRandom().nextLong());
    }

    /** The same numbers for the same seed. */
    public Tokens(long seed) {
        state = new AtomicLong(seed);
    }

    long next() {
        long token;
        do {
            token = mixed(state.addAndGet(GOLDEN_GAMMA));
        } while (token == 0);
        return token;
    }

    /** A number from {@code least} to below {@code limit}, evenly but for what 64 bits leave over. */
    long between(long least, long limit) {
        return least + Long.remainderUnsigned(next(), limit - least);
    }

    /** From 0 to below 1. */
    double share() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    private static long mixed(long z) {
        long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
