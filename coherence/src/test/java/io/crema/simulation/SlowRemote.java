package io.crema.simulation;

import io.crema.spi.InvalidationBus;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteTier;
import io.crema.testkit.ForwardingRemote;
import java.util.function.UnaryOperator;

/** A remote tier behind a network: what is asked is executed later, and answered later still, or never. */
final class SlowRemote extends ForwardingRemote {

    private final SlowBus bus;
    private final Commands commands;
    private final UnaryOperator<RemoteCache> tampering;

    /** @param tampering what is done to each cache at the server */
    SlowRemote(RemoteTier tier, SlowBus bus, Commands commands, UnaryOperator<RemoteCache> tampering) {
        super(tier);
        this.bus = bus;
        this.commands = commands;
        this.tampering = tampering;
    }

    @Override
    protected RemoteCache wrapped(RemoteCache cache) {
        return new SlowCache(tampering.apply(cache), commands);
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public String toString() {
        return "slow " + super.toString();
    }
}
