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

    /**
     * How many writes waited in the journals that this instance writes, when it looked at them last; those too that it cannot
     * read.
     */
    long pending();

    /**
     * How long the oldest of those had waited then; zero if there was none. While the remote tier does not answer, and as long
     * as a write cannot be made, it grows.
     */
    Duration lag();

    /**
     * The oldest dead letters of the whole cache, so many of each partition at most. Of one whose value this instance cannot
     * read the value is null and the reason says so; it can be dropped, and retried if another instance may read it. One whose
     * key cannot be read is not listed, but counted ({@link CacheStats#undecodable}) and logged.
     */
    CompletableFuture<List<DeadLetter<K, V>>> deadLetters(int mostOfEach);

    /**
     * Writes a dead letter again, as a put would, unless the key has been written since.
     *
     * @return whether there was such a dead letter; it is gone in any case, unless this fails, as it does for a value that
     *     another version of the library wrote
     */
    CompletableFuture<Boolean> retry(DeadLetter<K, V> letter);

    /** Drops a dead letter; gives whether there was one. */
    CompletableFuture<Boolean> drop(DeadLetter<K, V> letter);
}
