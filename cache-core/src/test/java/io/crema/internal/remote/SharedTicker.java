package io.crema.internal.remote;

import io.crema.spi.Ticker;
import java.util.concurrent.atomic.AtomicLong;

/** Time that several threads move; nothing is scheduled. */
record SharedTicker(AtomicLong now) implements Ticker {

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        throw new UnsupportedOperationException();
    }
}
