package io.crema.spring;

import io.crema.AsyncTieredCache;
import io.crema.CacheEntry;
import io.crema.CacheLoadException;
import io.crema.InvalidationPendingException;
import io.crema.TieredCache;
import io.crema.policy.LoadTimeouts;
import io.crema.spring.internal.RepeatableInvocation;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.AbstractValueAdaptingCache;
import org.springframework.cache.support.NullValue;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * A {@link TieredCache} as Spring's cache abstraction sees it. Thread-safe; costs what the tiered cache costs.
 *
 * <p>{@code get} with a loader has the whole engine behind it: one load per key over all instances, and the cache's
 * policies for timeouts, reserves and refreshes. {@code get} without one, and {@code put}, are what Spring calls for
 * methods that are not synchronised.
 *
 * <p>{@code put}, {@code evict} and {@code clear} do not fail because the remote tier is away: this instance no longer
 * has the entry when they return, and sends the invalidation until it is confirmed. {@code evictIfPresent}, {@code
 * putIfAbsent} and {@code invalidate} are immediate, so they throw {@link InvalidationPendingException} instead.
 *
 * <p>In a transaction of Spring's, {@code put}, {@code evict} and {@code clear} wait for its commit: then an evicted key is
 * invalidated, and so is one that was put, unless a read of the transaction had found nothing under it, as before a method
 * without {@code sync}; such a value is stored if there is still none. What its methods loaded is invalidated if it rolls
 * back, since they may have seen what it wrote. The immediate operations are done at once, and
 * again after the commit. The transaction's own reads of what it changed find nothing. Nothing of that fails a transaction.
 */
public final class CremaSpringCache extends AbstractValueAdaptingCache {

    private final TieredCache<Object, Object> cache;
    private final AsyncTieredCache<Object, Object> async;
    private final @Nullable Duration quarantine;
    private final boolean timed;

    /** @param cache one whose null caching is on, if methods return nulls and are not synchronised */
    public CremaSpringCache(TieredCache<Object, Object> cache) {
        this(cache, null);
    }

    /** @param quarantine of keys that a transaction changed, while it commits, at most so long; null = none */
    public CremaSpringCache(TieredCache<Object, Object> cache, @Nullable Duration quarantine) {
        super(true);
        this.cache = Objects.requireNonNull(cache, "cache");
        this.async = cache.async();
        this.quarantine = quarantine;
        this.timed = !cache.configuration().loadTimeouts().equals(LoadTimeouts.none());
    }

    @Override
    public String getName() {
        return cache.name();
    }

    @Override
    public TieredCache<Object, Object> getNativeCache() {
        return cache;
    }

    @Override
    protected @Nullable Object lookup(Object key) {
        if (!Transactions.isActive()) {
            return found(key);
        }
        Object found = Transactions.hides(cache, key) ? null : found(key);
        if (found == null) {
            CacheTransaction.of(cache, quarantine).missed(key);
        }
        return found;
    }

    private @Nullable Object found(Object key) {
        CacheEntry<Object> entry = cache.entry(key);
        if (entry == null) {
            return null;
        }
        return entry.isStale() ? cache.getIfPresent(key) : stored(entry.value());
    }

    private static Object stored(@Nullable Object value) {
        return value == null ? NullValue.INSTANCE : value;
    }

    private static @Nullable Object given(@Nullable Object value) {
        return value instanceof NullValue ? null : value;
    }

    /** @throws ValueRetrievalException with what the loader threw; what the cache throws comes as it is */
    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        if (Transactions.isActive() && (timed || Transactions.readsOfThePast() || Transactions.hides(cache, key))) {
            return getInTransaction(key, valueLoader);
        }
        RepeatableInvocation invocation = RepeatableInvocation.of(valueLoader);
        try {
            return (T) cache.get(key, ignored -> {
                if (Transactions.isActive()) {
                    CacheTransaction.of(cache, quarantine).loaded(key);
                }
                return load(valueLoader, invocation);
            });
        } catch (CacheLoadException e) {
            throw new ValueRetrievalException(key, valueLoader, thrownByLoader(e));
        }
    }

    /**
     * The method runs here, as timed loads do not, and what it gives is not shared before the commit: the transaction may
     * have changed it, or may read what others have changed since it began.
     */
    @SuppressWarnings("unchecked")
    private <T> @Nullable T getInTransaction(Object key, Callable<T> valueLoader) {
        Object found = lookup(key);
        if (found != null) {
            return (T) fromStoreValue(found);
        }
        T value;
        try {
            value = valueLoader.call();
        } catch (Exception e) {
            throw new ValueRetrievalException(key, valueLoader, e);
        }
        put(key, value);
        return value;
    }

    private static @Nullable Object load(Callable<?> valueLoader, @Nullable RepeatableInvocation invocation)
            throws Exception {
        try {
            return given(invocation == null ? valueLoader.call() : invocation.call(valueLoader));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new LoaderFailure(e);
        }
    }

    private static Throwable thrownByLoader(CacheLoadException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        return cause instanceof LoaderFailure failure ? failure.getCause() : cause;
    }

    @Override
    public CompletableFuture<?> retrieve(Object key) {
        if (Transactions.hides(cache, key)) {
            return CompletableFuture.completedFuture(null);
        }
        return async.entry(key)
                .thenCompose(entry -> entry == null
                        ? CompletableFuture.completedFuture(null)
                        : entry.isStale()
                                ? async.getIfPresent(key).thenApply(CremaSpringCache::wrapped)
                                : CompletableFuture.completedFuture(new SimpleValueWrapper(entry.value())));
    }

    private static @Nullable SimpleValueWrapper wrapped(@Nullable Object value) {
        return value == null ? null : new SimpleValueWrapper(value);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        if (Transactions.hides(cache, key)) {
            return valueLoader.get();
        }
        RepeatableInvocation invocation = RepeatableInvocation.of(valueLoader);
        CompletableFuture<T> result = new CompletableFuture<>();
        async.getAsync(key, ignored -> invocation == null ? valueLoader.get() : invocation.callAsync(valueLoader))
                .whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete((T) value);
                    } else {
                        result.completeExceptionally(unwrapped(failure));
                    }
                });
        return result;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CacheLoadException ofLoader ? thrownByLoader(ofLoader) : cause;
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        if (Transactions.isActive()) {
            CacheTransaction.of(cache, quarantine).put(key, given(value));
        } else {
            kept(() -> cache.put(key, given(value)));
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        // Between the two calls the entry may go; then whoever comes next may store.
        while (!cache.putIfAbsent(key, given(value))) {
            ValueWrapper present = get(key);
            if (present != null) {
                return present;
            }
        }
        return null;
    }

    @Override
    public void evict(Object key) {
        if (Transactions.isActive()) {
            CacheTransaction.of(cache, quarantine).changed(key);
        } else {
            kept(() -> cache.invalidate(key));
        }
    }

    @Override
    public boolean evictIfPresent(Object key) {
        if (Transactions.isActive()) {
            CacheTransaction.of(cache, quarantine).changed(key);
        }
        return cache.invalidateIfPresent(key);
    }

    @Override
    public void clear() {
        if (Transactions.isActive()) {
            CacheTransaction.of(cache, quarantine).cleared();
        } else {
            kept(cache::clear);
        }
    }

    /** False always: whether there were entries in other instances is not known. */
    @Override
    public boolean invalidate() {
        if (Transactions.isActive()) {
            CacheTransaction.of(cache, quarantine).cleared();
        }
        cache.clear();
        return false;
    }

    /** What is not confirmed is owed, and was logged; the service goes on without the remote tier. */
    private static void kept(Runnable write) {
        try {
            write.run();
        } catch (InvalidationPendingException e) {
            // The cache has counted it and sends it again.
        }
    }
}
