package io.crema.testkit;

import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Any remote tier, with a {@link FaultyBus}. Its commands pass unchanged. Threading as the tier it wraps. */
public final class FaultyRemote implements RemoteTier {

    private final RemoteTier tier;
    private final FaultyBus bus;

    private FaultyRemote(RemoteTier tier, FaultyBus bus) {
        this.tier = tier;
        this.bus = bus;
    }

    /** Wraps a tier that is not in use yet; closing this closes it. */
    public static FaultyRemote wrap(RemoteTier tier, BusFaults faults) {
        return new FaultyRemote(tier, FaultyBus.wrap(tier.invalidations(), faults));
    }

    @Override
    public Limits limits() {
        return tier.limits();
    }

    @Override
    public Duration timeLimit() {
        return tier.timeLimit();
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return tier.open(terms);
    }

    @Override
    public boolean storesValues() {
        return tier.storesValues();
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return tier.guarantee();
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public void close() {
        tier.close();
    }

    @Override
    public String toString() {
        return tier + " with a faulty bus";
    }
}
