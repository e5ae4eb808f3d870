package io.crema;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A key that is kept empty while its origin is being changed: from the beginning of the quarantine to its end, readers of
 * all instances go to the origin, and nothing that they load is kept. So no reader finds the old value after the change is
 * committed, not even if the process that made it dies before it can say so.
 *
 * <pre>{@code
 * try (Quarantine<Product> quarantine = products.quarantine(id)) {
 *     table.update(product);      // commits
 * }                               // ends the quarantine: the next reader loads anew
 * }</pre>
 *
 * It must outlast the change of the origin: the limit of the origin's transaction has to be below the quarantine's time.
 * One that ran out before a late commit cannot help. Writers may hold quarantines of one key at the same time; it ends
 * with the last of them.
 *
 * <p>Thread-safe. Ended once, by whichever method comes first; later calls do nothing.
 */
public interface Quarantine<V> extends AutoCloseable {

    /**
     * Ends the quarantine and stores the value that the origin now has, unless somebody else wrote, invalidated or held
     * the key meanwhile: then its order with theirs is not known, and the next reader loads.
     *
     * @param value null only where null caching is on
     * @return whether it was stored; false also if the quarantine had been ended before
     * @throws CacheException as {@link TieredCache#put(Object, Object)}
     */
    boolean put(@Nullable V value);

    /**
     * Ends the quarantine; the next reader loads.
     *
     * @throws InvalidationPendingException if the remote tier did not confirm; then the quarantine ends with its time
     */
    void end();

    /** As {@link #end}. */
    @Override
    void close();

    /** As {@link #put}, without blocking. */
    CompletableFuture<Boolean> putAsync(@Nullable V value);

    /** As {@link #end}, without blocking. */
    CompletableFuture<Void> endAsync();
}
