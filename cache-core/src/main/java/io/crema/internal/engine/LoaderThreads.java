package io.crema.internal.engine;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Who loads, and who waits for whom, so that a loader that needs a key whose loader waits for its own, or whose load is
 * its own thread's next step, does not wait for ever. One for all caches of a {@code Crema}: chains cross them.
 */
public final class LoaderThreads {

    /** What waiting for a flight would mean. */
    enum Waiting {
        SAFE,
        /** This thread itself is loading it. */
        RECURSIVE,
        /** What it needs waits, through others, for this thread; or is this thread, which has more than one to load. */
        CYCLIC
    }

    private final ConcurrentHashMap<Thread, Flight<?>> waiting = new ConcurrentHashMap<>();

    /** How many loaders each thread is inside of; no thread that is in none. */
    private final ConcurrentHashMap<Thread, Integer> loaders = new ConcurrentHashMap<>();

    /** The current thread calls a user's loader, perhaps from within another; {@link #endLoader} follows in every case. */
    void beginLoader() {
        loaders.merge(Thread.currentThread(), 1, Integer::sum);
    }

    void endLoader() {
        loaders.computeIfPresent(Thread.currentThread(), (thread, depth) -> depth == 1 ? null : depth - 1);
    }

    /** Whether a thread is inside a user's loader, of any cache. */
    boolean isLoading(Thread thread) {
        return loaders.containsKey(thread);
    }

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
            Thread needed = next.needed();
            if (needed == null) {
                return Waiting.SAFE;
            } else if (needed == self) {
                waiting.remove(self);
                return Waiting.CYCLIC;
            }
            Flight<?> awaited = waiting.get(needed);
            // Who leads a flight and runs its steps waits for itself, so to say.
            next = awaited == next ? null : awaited;
        }
        return Waiting.SAFE;
    }

    /** Notes that the current thread will wait for a flight that it leads, whose loader may run on another one. */
    void beginLed(Flight<?> flight) {
        waiting.put(Thread.currentThread(), flight);
    }

    void end() {
        waiting.remove(Thread.currentThread());
    }
}
