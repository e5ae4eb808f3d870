package io.crema.internal.engine;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits for whom, so that a loader that needs a key whose loader waits for its own does not wait for ever. One for
 * all caches of a {@code Crema}: chains cross them.
 */
public final class LoaderThreads {

    /** What waiting for a flight would mean. */
    enum Waiting {
        SAFE,
        /** This thread itself is loading it. */
        RECURSIVE,
        /** Its loader waits, through others, for this thread. */
        CYCLIC
    }

    private final ConcurrentHashMap<Thread, Flight<?>> waiting = new ConcurrentHashMap<>();

    /** Notes that the current thread will wait for a flight, unless that would be for ever. */
    Waiting begin(Flight<?> flight) {
        Thread self = Thread.currentThread();
        if (flight.loading() == self) {
            return Waiting.RECURSIVE;
        }
        // Noted before the walk: of two threads that close a cycle at once, at least one sees the other.
        waiting.put(self, flight);
        Flight<?> next = flight;
        for (int steps = 0; next != null && steps < 1_000; steps++) {
            Thread loader = next.loading();
            if (loader == null) {
                return Waiting.SAFE;
            } else if (loader == self) {
                waiting.remove(self);
                return Waiting.CYCLIC;
            }
            next = waiting.get(loader);
        }
        return Waiting.SAFE;
    }

    void end() {
        waiting.remove(Thread.currentThread());
    }
}
