package io.crema.examples.quickstart;

import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.RemoteCache;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long invalidations travel: from the server's time in the message until this instance has applied it.
 * Server and instances run on one host, so both times are of one clock. With {@link Transport#LOSES_INVALIDATIONS} it
 * takes the keys out of every message and lets everything else through, so that no count, no clock and no heartbeat
 * shows the loss.
 */
final class ObservedBus implements InvalidationBus {

    private final InvalidationBus bus;
    private final Meter meter;
    private final Transport transport;

    ObservedBus(InvalidationBus bus, Meter meter, Transport transport) {
        this.bus = bus;
        this.meter = meter;
        this.transport = transport;
    }

    @Override
    public void start(BusListener listener) {
        bus.start(new Observer(listener));
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

    private final class Observer implements BusListener {

        private final BusListener listener;

        Observer(BusListener listener) {
            this.listener = listener;
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
        public void onInvalidation(String cache, Invalidation message) {
            if (transport == Transport.LOSES_INVALIDATIONS) {
                listener.onInvalidation(cache, without(message));
                return;
            }
            listener.onInvalidation(cache, message);
            meter.propagated(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - message.serverMicros());
        }

        private Invalidation without(Invalidation message) {
            return new Invalidation(
                    message.partition(), message.stamp(), message.count(), List.of(), message.serverMicros());
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
