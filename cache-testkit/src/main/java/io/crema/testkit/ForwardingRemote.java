package io.crema.testkit;

import io.crema.spi.CacheTerms;
import io.crema.spi.Durability;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteTier;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A remote tier that hands every call to another one, for subclasses that change some of them. Closing it closes the
 * other. Threading, errors and cost as the tier that it wraps.
 */
public abstract class ForwardingRemote implements RemoteTier {

    private final RemoteTier tier;

    protected ForwardingRemote(RemoteTier tier) {
        this.tier = tier;
    }

    /** What a caller gets for a cache that was opened: that one, unless a subclass wraps it. */
    protected RemoteCache wrapped(RemoteCache cache) {
        return cache;
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
    public boolean storesValues() {
        return tier.storesValues();
    }

    @Override
    public boolean isOutage(Throwable failure) {
        return tier.isOutage(failure);
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return tier.open(terms)
                .thenApply(opening -> opening instanceof Opening.Agreed agreed
                        ? new Opening.Agreed(wrapped(agreed.cache()))
                        : opening);
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return tier.guarantee();
    }

    @Override
    public CompletableFuture<Durability> durability() {
        return tier.durability();
    }

    @Override
    public InvalidationBus invalidations() {
        return tier.invalidations();
    }

    @Override
    public void close() {
        tier.close();
    }

    @Override
    public String toString() {
        return tier.toString();
    }
}
