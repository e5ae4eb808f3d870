package io.crema.internal.engine;

import io.crema.internal.coherence.Partition;

/** A put that is under way. Registered before its I/O. */
final class Write implements Registered {

    final Partition partition;
    final long generation;
    final long start;

    /** The highest stamp of a message about the key since the put began. */
    private long newest;

    Write(Partition partition, long start) {
        this.partition = partition;
        this.generation = partition.generation();
        this.start = start;
    }

    @Override
    public synchronized void invalidated(long stamp) {
        newest = Math.max(newest, stamp);
    }

    synchronized long newest() {
        return newest;
    }
}
