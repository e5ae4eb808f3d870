package io.crema.scenario;

import io.crema.event.CacheEvent;
import io.crema.event.CacheListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A listener that keeps what it is told. */
final class Heard implements CacheListener {

    private final List<CacheEvent> events = new CopyOnWriteArrayList<>();
    private final Semaphore mayGoOn = new Semaphore(Integer.MAX_VALUE / 2);

    @Override
    public void onEvent(CacheEvent event) {
        mayGoOn.acquireUninterruptibly();
        events.add(event);
    }

    /** Lets nobody go on from the next event, as a listener that hangs. */
    void hang() {
        mayGoOn.drainPermits();
    }

    void goOn() {
        mayGoOn.release(Integer.MAX_VALUE / 2);
    }

    List<CacheEvent> events() {
        return List.copyOf(events);
    }

    /** Those of some kinds. */
    List<CacheEvent> only(Predicate<CacheEvent> which) {
        return events.stream().filter(which).toList();
    }

    void forget() {
        events.clear();
    }
}
