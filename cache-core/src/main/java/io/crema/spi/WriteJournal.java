package io.crema.spi;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What one cache has still to write to its origin: for each partition a journal of writes in their order, and a lease of
 * the instance that writes them, its owner. A value whose write is in the journal is <em>dirty</em>: whatever is
 * invalidated, expired, cleared or grows old, it stays and is fresh until the write has been made, since the origin has an
 * older one. What should have removed it meanwhile does so then.
 *
 * <p>Every operation is atomic. Thread-safe, never blocks; futures as those of {@link RemoteCache}.
 */
public interface WriteJournal {

    /** The most entries that one call takes. */
    int MAX_ENTRIES = 256;

    /**
     * As {@link RemoteCache#put} without a holder, and adds the write to the journal; both or neither. The value is dirty.
     * The stamp of the reply is the write's id, which grows from write to write of a partition, and is above {@code atLeast}
     * also where the tier has lost writes that were issued higher ones. A cached null stands for a deletion.
     *
     * @param most {@link StoreReply.Full} if the journal holds as many writes
     * @return {@link StoreReply.Undecided} if the key is in quarantine, and then nothing has changed; never
     *     {@link StoreReply.Refused}
     */
    CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast);

    /**
     * Makes an instance the owner of a partition, or keeps it the owner, unless there is another whose lease lasts.
     *
     * @param owner random identity of the instance, not 0
     * @param leaseMillis for how long from now on nobody else can be the owner
     */
    CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis);

    /** Ends the lease of an owner, if it is the owner. */
    CompletableFuture<Void> disown(int partition, long owner);

    /**
     * The oldest writes after one, in their order. One that this version cannot read, see {@link JournalEntry#readable()}, is
     * in its place among them.
     *
     * @param after the id of a write; 0 = from the first
     * @param most how many at most, from 1, and fewer if they are large: there are no more only if there is none
     * @return fails with an {@link IllegalStateException} if the instance is not the owner
     */
    CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most);

    /**
     * Removes writes from the journal that the origin has, or does not need since it has a newer one of the key. A value that
     * one of them wrote is not dirty any more; if something should have removed it meanwhile, or its time is over, it goes,
     * and that is published. Entries that are not in the journal any more change nothing.
     *
     * @param entries of each key all that were read, up to the newest that the origin has; 1 to {@link #MAX_ENTRIES}
     * @return whether the instance is the owner; if not, nothing has changed
     */
    CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast);

    /**
     * Removes writes from the journal that a later one of their key stands for, unless that is not in the journal: then
     * nothing changes.
     *
     * @param entries of one key, 1 to {@link #MAX_ENTRIES}
     * @param by the later write
     * @return whether the instance is the owner; if not, nothing has changed
     */
    CompletableFuture<Boolean> superseded(int partition, long owner, List<JournalEntry> entries, JournalEntry by);

    /**
     * Gives a write up: it goes from the journal to the dead letters. A value that it wrote goes, and its origin version with
     * it, and that is published. If the write is not in the journal any more, nothing changes.
     *
     * @param entries all writes of one key that were read, in their order, 1 to {@link #MAX_ENTRIES}: the last is given up,
     *     the older ones, which it replaced, are dropped
     * @param reason for people, kept with it; cut to 1,000 bytes in UTF-8
     * @return as of {@link #written}
     */
    CompletableFuture<Boolean> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast);

    /** The dead letters of a partition that were written first, in their order; those too that cannot be read. */
    CompletableFuture<List<DeadLetter>> deadLetters(int partition, int most);

    /**
     * Puts a dead letter back: its value is written again as by {@link #append}, under a new id, however full the journal is,
     * and whatever has been loaded since. It is only dropped if a newer write of the key has been in the journal, or had taken
     * the value's place when it was buried, or if the key has a newer origin version.
     *
     * @return whether there was such a dead letter; it is gone in any case. Fails with an {@link IllegalStateException} if the
     *     key is in quarantine, or this version cannot read the write, and then nothing has changed
     */
    CompletableFuture<Boolean> revive(int partition, long id, long atLeast);

    /** Drops a dead letter; gives whether there was one. */
    CompletableFuture<Boolean> drop(int partition, long id);

    /**
     * Notes a number, by which an instance says that it is alive, and gives all that were noted lately.
     *
     * @param keepMillis for how long it is given
     * @return in no order
     */
    CompletableFuture<List<Long>> members(long instance, long keepMillis);

    /** Forgets a number that was noted. */
    CompletableFuture<Void> leave(long instance);
}
