package io.crema.testkit;

import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.RemoteCache;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Any bus, with faults between it and its listener: invalidations are lost or delivered twice, as {@link BusFaults} say.
 * All else passes unchanged, clears too. Threading as the bus it wraps.
 */
public final class FaultyBus implements InvalidationBus {

    private final InvalidationBus bus;
    private final BusFaults faults;

    private FaultyBus(InvalidationBus bus, BusFaults faults) {
        this.bus = bus;
        this.faults = faults;
    }

    /** Wraps a bus that was not started yet. */
    public static FaultyBus wrap(InvalidationBus bus, BusFaults faults) {
        return new FaultyBus(bus, faults);
    }

    @Override
    public void start(BusListener listener) {
        bus.start(new FaultyListener(listener, faults));
    }

    @Override
    public void subscribe(RemoteCache cache, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
        bus.subscribe(cache, reply);
    }

    @Override
    public void position(RemoteCache cache, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
        bus.position(cache, reply);
    }

    @Override
    public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        bus.heartbeat(reply);
    }

    @Override
    public void reset() {
        bus.reset();
    }

    /** Calls come one at a time, so that the random choices do too. */
    private static final class FaultyListener implements BusListener {

        private final BusListener listener;
        private final BusFaults faults;
        private final Random random;

        FaultyListener(BusListener listener, BusFaults faults) {
            this.listener = listener;
            this.faults = faults;
            this.random = new Random(faults.seed());
        }

        @Override
        public void onInvalidation(String cache, Invalidation message) {
            if (random.nextDouble() < faults.lostShare()) {
                lose(cache, message);
                return;
            }
            deliver(cache, message);
            if (random.nextDouble() < faults.duplicatedShare()) {
                deliver(cache, message);
            }
        }

        private void lose(String cache, Invalidation message) {
            switch (faults.loss()) {
                case VISIBLE -> {}
                case HIDDEN ->
                    listener.onInvalidation(
                            cache,
                            new Invalidation(
                                    message.partition(),
                                    message.stamp(),
                                    message.count(),
                                    List.of(),
                                    message.serverMicros()));
            }
        }

        private void deliver(String cache, Invalidation message) {
            listener.onInvalidation(cache, message);
            faults.observer().accept(cache, message);
        }

        @Override
        public void onConnected() {
            listener.onConnected();
        }

        @Override
        public void onDisconnected() {
            listener.onDisconnected();
        }

        @Override
        public void onClear(String cache, int partition, long stamp) {
            listener.onClear(cache, partition, stamp);
        }

        @Override
        public void onUnreadable(String cache, int partition) {
            listener.onUnreadable(cache, partition);
        }
    }
}
