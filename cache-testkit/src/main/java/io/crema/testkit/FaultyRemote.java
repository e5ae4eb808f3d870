package io.crema.testkit;

import io.crema.spi.InvalidationBus;
import io.crema.spi.RemoteTier;

/** Any remote tier, with a {@link FaultyBus}. Its commands pass unchanged. Threading as the tier it wraps. */
public final class FaultyRemote extends ForwardingRemote {

    private final FaultyBus bus;

    private FaultyRemote(RemoteTier tier, FaultyBus bus) {
        super(tier);
        this.bus = bus;
    }

    /** Wraps a tier that is not in use yet; closing this closes it. */
    public static FaultyRemote wrap(RemoteTier tier, BusFaults faults) {
        return new FaultyRemote(tier, FaultyBus.wrap(tier.invalidations(), faults));
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public String toString() {
        return super.toString() + " with a faulty bus";
    }
}
