package io.crema;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a cache that writes behind has still to write, and has given up. Each instance knows of the partitions that it writes
 * itself; together they know of all.
 *
 * <p>Thread-safe. What asks the remote tier fails with a {@link CacheException} if that does not answer.
 */
public interface WriteBehind<K, V> {

    /** How many writes waited in the journals that this instance writes, when it looked at them last. */
    long pending();

    /** How long the oldest of those had waited then; zero if there was none. */
    Duration lag();

    /** The oldest dead letters of the whole cache, so many of each partition at most; those of unreadable keys are left out. */
    CompletableFuture<List<DeadLetter<K, V>>> deadLetters(int mostOfEach);

    /**
     * Writes a dead letter again, as a put would, unless the key has been written since.
     *
     * @return whether there was such a dead letter; it is gone in any case
     */
    CompletableFuture<Boolean> retry(DeadLetter<K, V> letter);

    /** Drops a dead letter; gives whether there was one. */
    CompletableFuture<Boolean> drop(DeadLetter<K, V> letter);
}
