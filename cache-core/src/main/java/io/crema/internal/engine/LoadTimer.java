package io.crema.internal.engine;

import io.crema.internal.time.InstanceClock;

/** Times and counts one call of a loader. */
final class LoadTimer {

    private final InstanceClock clock;
    private final Counters counters;
    private final long began;
    private long nanos;
    private boolean useless;

    LoadTimer(InstanceClock clock, Counters counters) {
        this.clock = clock;
        this.counters = counters;
        this.began = clock.exact();
    }

    void succeeded() {
        end();
    }

    void failed() {
        counters.loadFailures.increment();
        end();
    }

    /** Something that it gave cannot be kept: then it has failed after all, though once only. */
    synchronized void gaveUseless() {
        if (!useless) {
            useless = true;
            counters.loadFailures.increment();
        }
    }

    private void end() {
        nanos = clock.exact() - began;
        counters.loads.increment();
        counters.loadNanos.add(nanos);
    }

    long began() {
        return began;
    }

    long nanos() {
        return nanos;
    }
}
