package io.crema.internal.engine;

import io.crema.policy.Bulkhead;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bulkhead of one cache: so many loads have a place, so many more wait for one in the order in which they came. A
 * place that is given up goes straight to the first who waits, so nobody who comes later overtakes.
 */
final class LoadGate {

    private enum State {
        WAITING,
        INSIDE,
        LEFT
    }

    /**
     * The places that became free while the current thread admits one. They wait for their turn, because a load that
     * fails at once gives up its place within its admission, and a queue of such would be as deep a stack.
     */
    private static final ThreadLocal<@Nullable ArrayDeque<Place>> ADMITTING = new ThreadLocal<>();

    private final Bulkhead policy;
    private final boolean unlimited;

    /** Everybody's place where there is no limit. */
    private final Place anywhere = new Place(place -> {}, State.LEFT);

    // Both guarded by this. A set, because one that waits may leave from the middle.
    private final LinkedHashSet<Place> waiting = new LinkedHashSet<>();
    private int running;

    LoadGate(Bulkhead policy) {
        this.policy = policy;
        this.unlimited = policy.loads() == Integer.MAX_VALUE;
    }

    /**
     * Asks for a place, which is to be left in every case.
     *
     * @param admitted gets the place: before this returns if one is free, else later, on the thread that frees one, and
     *     perhaps before this has returned too. It hands over and throws nothing; if it does throw, its place is free again.
     * @return null if the queue is full; then nothing will be run
     */
    @Nullable
    Place enter(Consumer<Place> admitted) {
        if (unlimited) {
            admitted.accept(anywhere);
            return anywhere;
        }
        Place place;
        synchronized (this) {
            if (running < policy.loads()) {
                running++;
                place = new Place(admitted, State.INSIDE);
            } else if (waiting.size() < policy.queue()) {
                place = new Place(admitted, State.WAITING);
                waiting.add(place);
                return place;
            } else {
                return null;
            }
        }
        place.admit();
        return place;
    }

    /** How many have a place; 0 without a limit, where nobody counts. */
    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** Admits one, then those who got their places by that. */
    private static void admitInTurn(Place first) {
        ArrayDeque<Place> outer = ADMITTING.get();
        if (outer != null) {
            outer.add(first);
            return;
        }
        ArrayDeque<Place> next = new ArrayDeque<>();
        ADMITTING.set(next);
        try {
            for (Place place = first; place != null; place = next.poll()) {
                try {
                    place.admit();
                } catch (Throwable e) {
                    // Not the concern of the load that left.
                    Thread thread = Thread.currentThread();
                    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
                }
            }
        } finally {
            ADMITTING.remove();
        }
    }

    /** What one load has, or waits for. */
    final class Place {

        // Both guarded by the gate.
        private State state;
        private @Nullable Consumer<Place> admitted;

        private Place(Consumer<Place> admitted, State state) {
            this.admitted = admitted;
            this.state = state;
        }

        /** Gives it up, which admits the first who waits; or waits no longer. Idempotent. */
        void leave() {
            if (this == anywhere) {
                return;
            }
            Place next;
            synchronized (LoadGate.this) {
                State before = state;
                state = State.LEFT;
                next = before == State.INSIDE ? next() : null;
                if (before == State.WAITING) {
                    admitted = null;
                    waiting.remove(this);
                }
            }
            if (next != null) {
                admitInTurn(next);
            }
        }

        /** Goes in uncounted, if it waits: whoever waits for it has a place, and would never leave that. */
        void pass() {
            Consumer<Place> task;
            synchronized (LoadGate.this) {
                if (state != State.WAITING) {
                    return;
                }
                waiting.remove(this);
                state = State.LEFT;
                task = admitted;
                admitted = null;
            }
            if (task != null) {
                task.accept(this);
            }
        }

        /** Who gets the place of one that leaves. */
        private @Nullable Place next() {
            Iterator<Place> all = waiting.iterator();
            if (!all.hasNext()) {
                running--;
                return null;
            }
            Place next = all.next();
            all.remove();
            next.state = State.INSIDE;
            return next;
        }

        private void admit() {
            Consumer<Place> task;
            synchronized (LoadGate.this) {
                task = state == State.INSIDE ? admitted : null;
                admitted = null;
            }
            if (task == null) {
                // It has left in the meantime.
                return;
            }
            try {
                task.accept(this);
            } catch (Throwable e) {
                leave();
                throw e;
            }
        }
    }
}
