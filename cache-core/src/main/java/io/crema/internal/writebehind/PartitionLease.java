package io.crema.internal.writebehind;

import io.crema.internal.remote.JournalAccess;
import io.crema.spi.Ownership;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether this instance owns a partition, and since when without a break. It says so for no longer than the remote tier
 * does: time counts from before the request. Thread-safe.
 */
final class PartitionLease {

    static final long UNKNOWN = -1;

    /** The remote tier counts from the millisecond in which it was asked. */
    private static final long ROUNDING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final Ownership NOBODY = new Ownership(false, 0, 0, 0, 0);

    private final Flusher flusher;
    private final JournalAccess journal;
    private final int partition;

    // Changed under this
    private volatile long ownedUntil = Long.MIN_VALUE;

    /** Whether there was a break: others may have written what was read before it. */
    private volatile boolean broken;

    /** How often it was given up; a reply to what was asked before that says nothing. */
    private int given;

    private Ownership known = NOBODY;
    private long knownAt;

    PartitionLease(Flusher flusher, JournalAccess journal, int partition) {
        this.flusher = flusher;
        this.journal = journal;
        this.partition = partition;
    }

    /** Takes it, if nobody else has it, or keeps it. */
    void take() {
        long asked = flusher.clock.exact();
        int before = given();
        CompletableFuture<?> unused = journal.own(
                        partition, flusher.identity, flusher.policy.lease().toMillis())
                .thenAccept(answer -> {
                    if (answer.isPresent()) {
                        taken(answer.get(), asked, before);
                    }
                });
    }

    private synchronized int given() {
        return given;
    }

    private synchronized void taken(Ownership answer, long asked, int before) {
        if (given != before) {
            return;
        }
        known = answer;
        knownAt = asked;
        broken |= !answer.held() || !isOwned();
        ownedUntil = answer.held() ? asked + flusher.policy.lease().toNanos() - ROUNDING_NANOS : Long.MIN_VALUE;
    }

    boolean isOwned() {
        return flusher.clock.exact() < ownedUntil;
    }

    /** Whether what was read is still this instance's to write. */
    boolean isUnbroken() {
        return isOwned() && !broken;
    }

    /** Returns whether there was a break since it was asked last. */
    synchronized boolean begin() {
        boolean was = broken;
        broken = false;
        return was;
    }

    /** The journal has another owner, or none. */
    synchronized void lose() {
        ownedUntil = Long.MIN_VALUE;
        broken = true;
    }

    /** What was read is to be read again. */
    synchronized void breakOff() {
        broken = true;
    }

    /** Gives it up, if this instance has it; ends when the remote tier has answered, or did not. */
    CompletableFuture<?> giveUp() {
        return giveUpHere() ? journal.disown(partition, flusher.identity) : CompletableFuture.completedFuture(null);
    }

    private synchronized boolean giveUpHere() {
        boolean owned = isOwned();
        given++;
        known = NOBODY;
        lose();
        return owned;
    }

    /** It is others' now to say what the journal holds. */
    synchronized void forget() {
        known = NOBODY;
    }

    /**
     * Looks at the journal for the last time, and gives it up, or lets the lease end by itself, while the writer is still
     * called.
     *
     * @return how many writes are left in the journal, if nobody else has it; {@link #UNKNOWN} if nobody answers
     */
    CompletableFuture<Long> end(boolean called) {
        giveUpHere();
        return journal.own(partition, flusher.identity, flusher.policy.lease().toMillis())
                .thenCompose(answer -> {
                    boolean held = answer.isPresent() && answer.get().held();
                    long left = held ? answer.get().entries() : answer.isEmpty() ? UNKNOWN : 0;
                    return called || !held && answer.isPresent()
                            ? CompletableFuture.completedFuture(left)
                            : journal.disown(partition, flusher.identity).thenApply(done -> left);
                });
    }

    /** How many writes the journal held when it was looked at; 0 if it is another instance's. */
    synchronized long entries() {
        return known.held() ? known.entries() : 0;
    }

    /** How long the oldest of those had waited, and still has, as far as is known, if nobody answers any more. */
    synchronized long oldestMillis() {
        if (!known.held() || known.entries() == 0) {
            return 0;
        }
        long since = flusher.clock.exact() - knownAt;
        boolean silent = since > flusher.policy.lease().toNanos();
        return known.oldestMillis() + (silent ? TimeUnit.NANOSECONDS.toMillis(since) : 0);
    }
}
