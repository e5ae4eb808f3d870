package io.crema.coherence;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A service instance, seen from outside: a JVM that may die, stop or hang at any time, which no method here waits for
 * longer than it says. Thread-safe.
 */
final class InstanceProcess implements AutoCloseable {

    private InstanceProcess() {}

    /** Starts an instance on the running JVM's Java and class path. It ends with this JVM. */
    static InstanceProcess start(InstanceSpec spec) throws IOException {
        throw new UnsupportedOperationException("Being built");
    }

    String name() {
        throw new UnsupportedOperationException("Being built");
    }

    long pid() {
        throw new UnsupportedOperationException("Being built");
    }

    Path history() {
        throw new UnsupportedOperationException("Being built");
    }

    boolean isAlive() {
        throw new UnsupportedOperationException("Being built");
    }

    /** @throws IllegalStateException if the instance ends before it is ready, or is not ready in time; says why */
    void awaitReady(Duration limit) throws InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /** Tells readers and writer to begin; once, when ready. Does not wait. Nothing happens if the instance is dead. */
    void beginLoad() {
        throw new UnsupportedOperationException("Being built");
    }

    /** Tells the writer to stop after the operation that it is busy with. Does not wait. */
    void pauseWrites() {
        throw new UnsupportedOperationException("Being built");
    }

    void resumeWrites() {
        throw new UnsupportedOperationException("Being built");
    }

    /**
     * Waits until the cache owes no invalidation, and the writer, if it was paused before, has nothing unacknowledged
     * and is idle.
     *
     * @return whether that is so; false if it is not in time, or if the instance is dead
     */
    boolean awaitNoPending(Duration limit) throws InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /**
     * Reads every key once, recorded as other reads are, beside the readers.
     *
     * @throws IllegalStateException if the instance is dead, or does not get through in a minute
     */
    void sweep() throws InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /** The last report, of 250 ms ago if the instance is well. */
    Progress progress() {
        throw new UnsupportedOperationException("Being built");
    }

    /** SIGSTOP; returns when the signal is sent. */
    void suspend() throws IOException, InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /**
     * Ends the instance in order: the load stops, the history is closed, the process exits. One that does not end in time
     * is killed; {@link #failure} tells.
     */
    void finish(Duration limit) throws InterruptedException {
        throw new UnsupportedOperationException("Being built");
    }

    /** Why the instance did not do all that it had to; empty if it did, and as long as it runs without trouble. */
    Optional<String> failure() {
        throw new UnsupportedOperationException("Being built");
    }

    /** Kills the process if it is there. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("Being built");
    }
}
