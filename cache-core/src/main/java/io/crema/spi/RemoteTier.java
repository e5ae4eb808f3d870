package io.crema.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The tier that instances share. One object belongs to one {@code Crema}, which closes it.
 *
 * <p>It connects by itself, in the background, and again after every loss; being out of reach is no error of any method
 * but fails the futures they return, promptly where the loss is known. Thread-safe, never blocks. Futures are completed
 * on a thread of the tier, which dependents must not block. {@code toString()} names it in logs and errors, without
 * credentials.
 */
public interface RemoteTier extends AutoCloseable {

    Limits limits();

    /** How long a cache waits for the answer to one operation, before it goes on without; 200 ms unless overridden. */
    default Duration timeLimit() {
        return Duration.ofMillis(200);
    }

    /**
     * Whether it stores values. One that does not carries invalidations only: its caches' records are always absent,
     * leases, fills, quarantines and putIfAbsent are not asked for. A put is an invalidation there, answered as if the
     * value had been stored.
     */
    default boolean storesValues() {
        return true;
    }

    /**
     * Whether the failure of an operation says that the tier is out of reach or cannot serve: such ones, and operations
     * that take too long, open the circuit breaker. An error by which a server that is well refuses one operation is none.
     * Called for each failure, on any thread; cheap. All are, unless overridden, but for what says that the call was
     * wrong: {@link IllegalStateException}, {@link IllegalArgumentException} and {@link UnsupportedOperationException}.
     */
    default boolean isOutage(Throwable failure) {
        return !(failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException
                || failure instanceof UnsupportedOperationException);
    }

    /** What it can promise, found by asking it; fails if it cannot be reached. */
    CompletableFuture<Guarantee> guarantee();

    /**
     * What may become of values that the origin does not have yet, found by asking it; fails if it cannot be reached. Nothing
     * is known to be wrong unless overridden.
     */
    default CompletableFuture<Durability> durability() {
        return CompletableFuture.completedFuture(new Durability(List.of(), List.of()));
    }

    /**
     * Agrees on the terms of a cache with all other instances: the first to come sets them, and starts the clocks of the
     * cache's partitions. While the first connection is being made, the future waits for that; it fails if the tier
     * cannot be reached.
     */
    CompletableFuture<Opening> open(CacheTerms terms);

    /** Carries the invalidations of this tier's caches; always the same object. */
    InvalidationBus invalidations();

    /** Releases everything that this object made; what is under way fails. Idempotent. */
    @Override
    void close();
}
