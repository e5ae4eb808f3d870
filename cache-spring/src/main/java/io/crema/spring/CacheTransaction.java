package io.crema.spring;

import io.crema.InvalidationPendingException;
import io.crema.Quarantine;
import io.crema.TieredCache;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What one transaction does to caches: told to them when it has committed, since what it wrote is visible then, and hidden
 * from its own reads before. If it rolls back, nothing has happened. If nobody knows how it ended, what it would have
 * changed is invalidated.
 *
 * <p>Where a cache has a quarantine, its changed keys are in quarantine while the transaction commits: a process that dies
 * after the commit leaves nothing old behind. Nothing here fails a transaction, neither before nor after it commits.
 *
 * <p>Used by the thread that the transaction is bound to, and only where Spring's transactions are there: by way of {@link
 * Transactions}.
 */
final class CacheTransaction implements TransactionSynchronization, Ordered {

    private static final Log LOG = LogFactory.getLog(CacheTransaction.class);

    private static final Object KEY = CacheTransaction.class;

    private final Map<TieredCache<Object, Object>, Changes> changes = new LinkedHashMap<>();

    private CacheTransaction() {}

    /** Whether this thread is in a transaction. */
    static boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive();
    }

    /** What this thread's transaction has changed; null without a transaction, or if it has changed nothing. */
    static @Nullable CacheTransaction present() {
        return isActive() ? (CacheTransaction) TransactionSynchronizationManager.getResource(KEY) : null;
    }

    /** What this thread's transaction does to a cache. The thread is in one. */
    static Changes of(TieredCache<Object, Object> cache, @Nullable Duration quarantine) {
        CacheTransaction present = present();
        CacheTransaction transaction = present == null ? begin() : present;
        return transaction.changes.computeIfAbsent(cache, ignored -> new Changes(cache, quarantine));
    }

    /** Whether the transaction has changed a key, so that what is cached is not what its own reads are to see. */
    static boolean hides(TieredCache<Object, Object> cache, Object key) {
        CacheTransaction present = present();
        Changes ofCache = present == null ? null : present.changes.get(cache);
        return ofCache != null && (ofCache.cleared || ofCache.changed.contains(key));
    }

    /** Whether this thread's transaction reads what was there when it began, whatever was committed since. */
    static boolean readsOfThePast() {
        if (!isActive()) {
            return false;
        }
        Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        return isolation != null && isolation >= Connection.TRANSACTION_REPEATABLE_READ;
    }

    private static CacheTransaction begin() {
        CacheTransaction transaction = new CacheTransaction();
        TransactionSynchronizationManager.registerSynchronization(transaction);
        transaction.resume();
        return transaction;
    }

    /** Before others that may fail, or that read. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void suspend() {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
    }

    @Override
    public void resume() {
        TransactionSynchronizationManager.bindResource(KEY, this);
    }

    @Override
    public void beforeCommit(boolean readOnly) {
        changes.values().forEach(each -> guarded(each, each::hold));
    }

    @Override
    public void afterCommit() {
        changes.values().forEach(each -> guarded(each, each::apply));
    }

    /** Another synchronisation may have changed caches since the commit. */
    @Override
    public void afterCompletion(int status) {
        TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
        changes.values()
                .forEach(each -> guarded(
                        each,
                        switch (status) {
                            case STATUS_COMMITTED -> each::apply;
                            case STATUS_ROLLED_BACK -> each::forget;
                            default -> each::applyInDoubt;
                        }));
    }

    private static void guarded(Changes each, Runnable step) {
        try {
            step.run();
        } catch (InvalidationPendingException e) {
            // The cache has counted it and sends it again.
        } catch (RuntimeException e) {
            LOG.error("Cache '" + each.cache.name() + "': what a transaction changed could not be told to it", e);
        }
    }

    /** What a transaction does to one cache. */
    static final class Changes {

        private final TieredCache<Object, Object> cache;
        private final @Nullable Duration quarantine;
        private final Set<Object> changed = new LinkedHashSet<>();
        private final Map<Object, @Nullable Object> read = new LinkedHashMap<>();
        private final Set<Object> missed = new HashSet<>();
        private final Set<Object> loaded = new LinkedHashSet<>();
        private final Map<Object, Quarantine<Object>> held = new HashMap<>();
        private boolean cleared;

        private Changes(TieredCache<Object, Object> cache, @Nullable Duration quarantine) {
            this.cache = cache;
            this.quarantine = quarantine;
        }

        /** A read found nothing; what is put next is what the transaction read. */
        void missed(Object key) {
            missed.add(key);
        }

        /** What was read is kept unless the transaction changes it; what was not is a change. */
        void put(Object key, @Nullable Object value) {
            if (missed.contains(key) && !cleared && !changed.contains(key)) {
                if (!readsOfThePast()) {
                    read.put(key, value);
                }
            } else {
                changed(key);
            }
        }

        /** A method was called for a value that others get too. */
        void loaded(Object key) {
            loaded.add(key);
        }

        void changed(Object key) {
            changed.add(key);
            read.remove(key);
        }

        void cleared() {
            cleared = true;
            read.clear();
        }

        private void hold() {
            if (quarantine == null || cleared) {
                return;
            }
            for (Object key : changed) {
                held.put(key, cache.quarantine(key, quarantine));
            }
        }

        /** Once each: what is told is forgotten. */
        private void apply() {
            boolean all = cleared;
            Set<Object> invalid = new LinkedHashSet<>(changed);
            Map<Object, @Nullable Object> values = new LinkedHashMap<>(read);
            invalid.removeAll(held.keySet());
            cleared = false;
            changed.clear();
            read.clear();
            if (all) {
                guarded(this, cache::clear);
            } else if (!invalid.isEmpty()) {
                guarded(this, () -> cache.invalidateAll(invalid));
            }
            letGo();
            values.forEach((key, value) -> guarded(this, () -> cache.putIfAbsent(key, value)));
        }

        private void applyInDoubt() {
            changed.addAll(loaded);
            read.clear();
            apply();
        }

        /** What methods gave to others may be what the transaction wrote. */
        private void forget() {
            letGo();
            if (!loaded.isEmpty()) {
                guarded(this, () -> cache.invalidateAll(loaded));
            }
        }

        private void letGo() {
            held.values().forEach(each -> guarded(this, each::end));
            held.clear();
        }
    }
}
