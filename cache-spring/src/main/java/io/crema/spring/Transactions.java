package io.crema.spring;

import io.crema.TieredCache;
import org.springframework.util.ClassUtils;

/** Asks for this thread's transaction, where Spring's transactions are on the class path at all. */
final class Transactions {

    private static final boolean PRESENT = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            Transactions.class.getClassLoader());

    private Transactions() {}

    /** Whether this thread is in one; only then {@link CacheTransaction} may be used. */
    static boolean isActive() {
        return PRESENT && CacheTransaction.isActive();
    }

    /** As {@link CacheTransaction#readsOfThePast}. */
    static boolean readsOfThePast() {
        return PRESENT && CacheTransaction.readsOfThePast();
    }

    /** As {@link CacheTransaction#hides}. */
    static boolean hides(TieredCache<Object, Object> cache, Object key) {
        return PRESENT && CacheTransaction.hides(cache, key);
    }
}
