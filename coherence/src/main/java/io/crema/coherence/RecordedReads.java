package io.crema.coherence;

import io.crema.ReadConsistency;
import io.crema.coherence.Subject.Reading;
import io.crema.testkit.HistoryWriter;
import io.crema.testkit.ReadTier;
import java.util.concurrent.atomic.LongAdder;

/** Reads a subject and records what came. Thread-safe. */
final class RecordedReads {

    final LongAdder reads = new LongAdder();
    final LongAdder latest = new LongAdder();
    final Failures failures = new Failures();

    private final Subject subject;
    private final HistoryWriter history;

    RecordedReads(Subject subject, HistoryWriter history) {
        this.subject = subject;
        this.history = history;
    }

    /** Returns whether something came. */
    boolean read(Key key) {
        Reading reading;
        long start = System.nanoTime();
        try {
            reading = subject.read(key);
        } catch (RuntimeException e) {
            failures.add("A read", key, e);
            return false;
        }
        record(key, reading, start, ReadConsistency.BOUNDED);
        return true;
    }

    void readLatest(Key key) {
        Reading reading;
        long start = System.nanoTime();
        try {
            reading = subject.readLatest(key);
        } catch (RuntimeException e) {
            failures.add("A read of what is newest", key, e);
            return;
        }
        record(key, reading, start, ReadConsistency.LATEST);
        latest.increment();
    }

    private void record(Key key, Reading reading, long start, ReadConsistency consistency) {
        long end = System.nanoTime();
        ReadTier tier = reading.fromMemory() ? ReadTier.L1 : ReadTier.L2;
        history.read(key.number(), reading.version(), start, end, tier, consistency);
        reads.increment();
    }
}
