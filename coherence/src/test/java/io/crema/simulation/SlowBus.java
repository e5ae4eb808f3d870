package io.crema.simulation;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A bus behind a network: what comes over one connection keeps its order, but is late. */
final class SlowBus implements InvalidationBus {

    final World world;
    final Host host;
    final Network network;
    final Tampering tampering;
    private final InvalidationBus bus;
    private final Map<BusConnection, SlowConnection> connections = new IdentityHashMap<>();
    private final Map<String, SlowConnection> latest = new HashMap<>();
    private @Nullable BusListener listener;

    SlowBus(InvalidationBus bus, World world, Host host, Network network, Tampering tampering) {
        this.bus = bus;
        this.world = world;
        this.host = host;
        this.network = network;
        this.tampering = tampering;
    }

    @Override
    public void start(BusListener newListener) {
        listener = newListener;
        bus.start(new FromServer());
    }

    BusListener listener() {
        return Objects.requireNonNull(listener);
    }

    private SlowConnection of(BusConnection connection) {
        return Objects.requireNonNull(connections.get(connection));
    }

    /** Called by the server when it happens; what it tells is on its way from then on. */
    private final class FromServer implements BusListener {

        @Override
        public void onConnected(BusConnection connection) {
            // Named by its primary.
            String primary = connection.toString();
            SlowConnection made = new SlowConnection(SlowBus.this, connection, latest.get(primary));
            latest.put(primary, made);
            connections.put(connection, made);
            made.tell(told -> told.onConnected(made));
        }

        @Override
        public void onDisconnected(BusConnection connection) {
            SlowConnection lost = Objects.requireNonNull(connections.remove(connection));
            lost.lostByServer();
        }

        @Override
        public void onAssigned(BusConnection connection) {
            SlowConnection over = of(connection);
            over.tell(told -> told.onAssigned(over));
        }

        @Override
        public void onUnsubscribed(BusConnection connection, String cache, int partition) {
            SlowConnection over = of(connection);
            over.tell(told -> told.onUnsubscribed(over, cache, partition));
        }

        @Override
        public void onInvalidation(BusConnection connection, String cache, Invalidation message) {
            SlowConnection over = of(connection);
            message(over, message.partition(), message.stamp(), told -> told.onInvalidation(over, cache, message));
        }

        @Override
        public void onClear(BusConnection connection, String cache, int partition, long stamp) {
            SlowConnection over = of(connection);
            message(over, partition, stamp, told -> told.onClear(over, cache, partition, stamp));
        }

        @Override
        public void onUnreadable(BusConnection connection, String cache, int partition) {
            SlowConnection over = of(connection);
            message(over, partition, 0, told -> told.onUnreadable(over, cache, partition));
        }

        private void message(SlowConnection over, int partition, long stamp, Consumer<BusListener> message) {
            if (tampering.drops(host) || network.losesMessage()) {
                world.trace.note(
                        world.now(), host.number(), Trace.NO_KEY, "message lost, partition " + partition, stamp);
                return;
            }
            Consumer<BusListener> told = listening -> {
                world.trace.note(world.now(), host.number(), Trace.NO_KEY, "message, partition " + partition, stamp);
                message.accept(listening);
            };
            over.tell(told);
            if (network.repeatsMessage()) {
                over.tell(told);
            }
        }
    }
}
