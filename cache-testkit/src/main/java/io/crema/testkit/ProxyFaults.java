package io.crema.testkit;

/**
 * The faults of one direction of a link. Immutable.
 *
 * @param delayNanos 0 for none
 * @param bytesPerSecond 0 for no limit
 * @param passing what passes at all
 * @param dropShare the share of push messages dropped
 * @param seed of the choice which
 */
record ProxyFaults(long delayNanos, int bytesPerSecond, Passing passing, double dropShare, long seed) {

    static final ProxyFaults NONE = new ProxyFaults(0, 0, Passing.ALL, 0, 0);

    /** What passes at all. */
    enum Passing {
        ALL,
        NOTHING
    }

    /** Sets one fault and keeps the others. */
    @FunctionalInterface
    interface Change {

        ProxyFaults of(ProxyFaults before);
    }

    ProxyFaults delayed(long nanos) {
        return new ProxyFaults(nanos, bytesPerSecond, passing, dropShare, seed);
    }

    ProxyFaults throttled(int limit) {
        return new ProxyFaults(delayNanos, limit, passing, dropShare, seed);
    }

    ProxyFaults blackholed() {
        return new ProxyFaults(delayNanos, bytesPerSecond, Passing.NOTHING, dropShare, seed);
    }

    ProxyFaults dropping(double share, long newSeed) {
        return new ProxyFaults(delayNanos, bytesPerSecond, passing, share, newSeed);
    }

    boolean isBlackhole() {
        return passing == Passing.NOTHING;
    }

    /** Whether bytes wait for a time to come. */
    boolean isTimed() {
        return delayNanos > 0 || bytesPerSecond > 0;
    }
}
