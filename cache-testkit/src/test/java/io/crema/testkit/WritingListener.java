package io.crema.testkit;

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
    public void onInvalidation(String name, Invalidation message) {
        order.append('(');
        if (order.length() == 1) {
            cache.clear(0, 0).thenAccept(floor -> order.append("write "));
            order.append("reply)");
        }
    }

    @Override
    public void onClear(String name, int partition, long stamp) {
        order.append("(told)");
    }

    @Override
    public void onConnected() {}

    @Override
    public void onDisconnected() {}

    @Override
    public void onUnreadable(String name, int partition) {
        throw new AssertionError(List.of(name, partition));
    }
}
