package io.crema.simulation;

import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteTier;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A remote tier behind a network: what is asked is executed later, and answered later still, or never. */
final class SlowRemote implements RemoteTier {

    private final RemoteTier tier;
    private final SlowBus bus;
    private final Commands commands;
    private final UnaryOperator<RemoteCache> tampering;

    /** @param tampering what is done to each cache at the server */
    SlowRemote(RemoteTier tier, SlowBus bus, Commands commands, UnaryOperator<RemoteCache> tampering) {
        this.tier = tier;
        this.bus = bus;
        this.commands = commands;
        this.tampering = tampering;
    }

    @Override
    public Limits limits() {
        return tier.limits();
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return tier.guarantee();
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return tier.open(terms)
                .thenApply(opening -> opening instanceof Opening.Agreed agreed
                        ? new Opening.Agreed(new SlowCache(tampering.apply(agreed.cache()), commands))
                        : opening);
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
        return "slow " + tier;
    }
}
