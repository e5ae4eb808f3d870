package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import java.util.List;
import java.util.Random;

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

    /** Calls of different connections may come at one time; the random choices come one at a time. */
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
        public void onInvalidation(BusConnection connection, String cache, Invalidation message) {
            if (chance() < faults.lostShare()) {
                lose(connection, cache, message);
                return;
            }
            deliver(connection, cache, message);
            if (chance() < faults.duplicatedShare()) {
                deliver(connection, cache, message);
            }
        }

        private synchronized double chance() {
            return random.nextDouble();
        }

        private void lose(BusConnection connection, String cache, Invalidation message) {
            switch (faults.loss()) {
                case VISIBLE -> {}
                case HIDDEN ->
                    listener.onInvalidation(
                            connection,
                            cache,
                            new Invalidation(
                                    message.partition(),
                                    message.kind(),
                                    message.stamp(),
                                    message.count(),
                                    List.of(),
                                    message.serverMicros()));
            }
        }

        private void deliver(BusConnection connection, String cache, Invalidation message) {
            listener.onInvalidation(connection, cache, message);
            faults.observer().accept(cache, message);
        }

        @Override
        public void onConnected(BusConnection connection) {
            listener.onConnected(connection);
        }

        @Override
        public void onDisconnected(BusConnection connection) {
            listener.onDisconnected(connection);
        }

        @Override
        public void onAssigned(BusConnection connection) {
            listener.onAssigned(connection);
        }

        @Override
        public void onUnsubscribed(BusConnection connection, String cache, int partition) {
            listener.onUnsubscribed(connection, cache, partition);
        }

        @Override
        public void onClear(BusConnection connection, String cache, int partition, long stamp) {
            listener.onClear(connection, cache, partition, stamp);
        }

        @Override
        public void onUnreadable(BusConnection connection, String cache, int partition) {
            listener.onUnreadable(connection, cache, partition);
        }
    }
}
