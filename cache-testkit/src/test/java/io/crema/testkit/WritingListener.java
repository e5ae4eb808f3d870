package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteCache;
import java.util.List;

/** Writes once, from inside the first message, and notes in which order things happen. */
final class WritingListener implements BusListener {

    private final RemoteCache cache;
    private final StringBuilder order;

    WritingListener(RemoteCache cache, StringBuilder order) {
        this.cache = cache;
        this.order = order;
    }

    @Override
    public void onInvalidation(BusConnection from, String name, Invalidation message) {
        order.append('(');
        if (order.length() == 1) {
            cache.clear(0, 0).thenAccept(floor -> order.append("write "));
            order.append("reply)");
        }
    }

    @Override
    public void onClear(BusConnection from, String name, int partition, long stamp) {
        order.append("(told)");
    }

    @Override
    public void onConnected(BusConnection made) {
        made.subscribe(cache.name(), made.carries(cache.name()), (done, failure) -> {});
    }

    @Override
    public void onDisconnected(BusConnection lost) {}

    @Override
    public void onAssigned(BusConnection to) {}

    @Override
    public void onUnsubscribed(BusConnection from, String name, int partition) {}

    @Override
    public void onUnreadable(BusConnection from, String name, int partition) {
        throw new AssertionError(List.of(name, partition));
    }
}
