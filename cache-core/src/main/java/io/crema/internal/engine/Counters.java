package io.crema.internal.engine;

import java.util.concurrent.atomic.LongAdder;

/** What a cache counts off the hit path. */
final class Counters {

    final LongAdder remoteHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder loadTimeouts = new LongAdder();
    final LongAdder loadsRejected = new LongAdder();
    final LongAdder refreshes = new LongAdder();
    final LongAdder staleServed = new LongAdder();
    final LongAdder writes = new LongAdder();
    final LongAdder writeFailures = new LongAdder();
    final LongAdder writesRejected = new LongAdder();
    final LongAdder writesGivenUp = new LongAdder();
    final LongAdder fillsRefused = new LongAdder();
    final LongAdder remoteFailures = new LongAdder();
    final LongAdder remoteRefused = new LongAdder();
    final LongAdder listenerFailures = new LongAdder();
}
