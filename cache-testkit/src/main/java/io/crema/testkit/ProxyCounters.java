package io.crema.testkit;

import io.crema.testkit.FaultProxy.Counts;
import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What has gone through a proxy. Counted by its thread, read by any. */
final class ProxyCounters {

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final AtomicLong bytesToServer = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();
    private final AtomicLong framesDropped = new AtomicLong();

    /** Returns the number of the connection, from 0. */
    long accepted() {
        commands.incrementAndGet();
        return accepted.getAndIncrement();
    }

    void subscribed() {
        commands.decrementAndGet();
        subscriptions.incrementAndGet();
    }

    void ended(Link link) {
        switch (link) {
            case COMMANDS -> commands.decrementAndGet();
            case SUBSCRIPTIONS -> subscriptions.decrementAndGet();
        }
    }

    void passed(Direction direction, int bytes) {
        switch (direction) {
            case TO_SERVER -> bytesToServer.addAndGet(bytes);
            case TO_CLIENT -> bytesToClient.addAndGet(bytes);
        }
    }

    void frameDropped() {
        framesDropped.incrementAndGet();
    }

    Counts counts() {
        return new Counts(
                accepted.get(),
                commands.get(),
                subscriptions.get(),
                bytesToServer.get(),
                bytesToClient.get(),
                framesDropped.get());
    }
}
