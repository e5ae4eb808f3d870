package io.crema.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * A place where operations of one kind wait until the test lets them through: with
 * {@link InMemoryRemote#holdRequests}, before they are executed; with {@link InMemoryRemote#holdReplies}, executed, but
 * unanswered. Thread-safe; what is let through completes on the thread that does so.
 */
public final class RemoteGate implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Queue<Held> held = new ArrayDeque<>();
    private boolean open;

    RemoteGate(String name) {
        this.name = name;
    }

    /** How many are held now. */
    public synchronized int held() {
        return held.size();
    }

    /**
     * Waits until at least so many are held.
     *
     * @throws AssertionError if they do not come within 10 seconds
     */
    public synchronized void awaitHeld(int count) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (held.size() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(name + " holds " + held.size() + " operations after " + PATIENCE.toSeconds()
                        + " s, expected " + count);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting for " + name, e);
            }
        }
    }

    /** Lets the one that has waited longest through. */
    public void releaseNext() {
        take().release.run();
    }

    /** Lets all that wait through; later ones are held. */
    public void releaseAll() {
        takeAll().forEach(each -> each.release.run());
    }

    /** Fails the one that has waited longest; its caller cannot know whether it was executed. */
    public void failNext() {
        take().fail.run();
    }

    /** Fails all that wait; later ones are held. */
    public void failAll() {
        takeAll().forEach(each -> each.fail.run());
    }

    /** Lets all that wait through, and later ones pass. */
    public void open() {
        synchronized (this) {
            open = true;
        }
        releaseAll();
    }

    /** As {@link #open}. */
    @Override
    public void close() {
        open();
    }

    @Override
    public String toString() {
        return name;
    }

    static IOException lost(Operation operation) {
        return new IOException("The connection was lost before the answer to " + operation + " came");
    }

    /** Returns false if the gate is open, and then does nothing. */
    synchronized boolean hold(Runnable release, Runnable fail) {
        if (open) {
            return false;
        }
        held.add(new Held(release, fail));
        notifyAll();
        return true;
    }

    private synchronized Held take() {
        Held next = held.poll();
        if (next == null) {
            throw new IllegalStateException(name + " holds nothing");
        }
        return next;
    }

    private synchronized List<Held> takeAll() {
        List<Held> all = new ArrayList<>(held);
        held.clear();
        return all;
    }

    private record Held(Runnable release, Runnable fail) {}
}
