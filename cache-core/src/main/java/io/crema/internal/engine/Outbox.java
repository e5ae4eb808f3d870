package io.crema.internal.engine;

import io.crema.internal.time.InstanceClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The invalidations of one cache that the remote tier has not confirmed, in order. They are sent again until it does.
 * Until then this instance, which knows what is wrong, reads their keys from the origin and keeps nothing of them.
 *
 * <p>A few keys are sent after a failure, twice as many after each success; and after a failure those that come next, so
 * that keys whose server is away do not hold up the others. What is no key waits for all keys before it.
 *
 * <p>More than {@link #MOST} become one clear. What is pending when the process ends is lost.
 */
final class Outbox<K> {

    /** What is pending, by what it is about. */
    sealed interface Pending<K> {

        /** @param least the least origin version that may be stored from then on; 0 = any */
        record OfKey<K>(K key, long least) implements Pending<K> {}

        record OfTag<K>(String tag) implements Pending<K> {}

        record OfAll<K>() implements Pending<K> {}
    }

    static final int MOST = 10_000;

    private static final Logger LOG = System.getLogger(Outbox.class.getName());
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int LEAST_TOGETHER = 16;
    private static final int MOST_TOGETHER = 1_024;

    private final String cache;
    private final InstanceClock clock;
    private final Function<List<Pending<K>>, CompletableFuture<List<Pending<K>>>> sender;
    private final Map<Object, Pending<K>> pending = new LinkedHashMap<>();
    private volatile int size;
    private boolean sending;
    /** How many keys go together next, and how many before them have been tried since; guarded by this. */
    private int together = LEAST_TOGETHER;

    private int tried;

    /** @param sender sends keys, or one that is no key, and gives those that were confirmed */
    Outbox(String cache, InstanceClock clock, Function<List<Pending<K>>, CompletableFuture<List<Pending<K>>>> sender) {
        this.cache = cache;
        this.clock = clock;
        this.sender = sender;
    }

    /** Whether reads of a key must go to the origin, and keep nothing. Nearly free while nothing is pending. */
    boolean holds(K key) {
        if (size == 0) {
            return false;
        }
        synchronized (this) {
            return pending.containsKey(Everything.ALL) || pending.containsKey(new KeyId(key));
        }
    }

    /** Whether values that have a tag are known to be wrong. As cheap as {@link #holds}. */
    boolean holdsTag(String tag) {
        if (size == 0) {
            return false;
        }
        synchronized (this) {
            return pending.containsKey(new TagId(tag));
        }
    }

    int size() {
        return size;
    }

    /** Takes what was not confirmed, to be sent again soon. */
    void add(List<Pending<K>> unconfirmed) {
        boolean start;
        synchronized (this) {
            unconfirmed.forEach(this::addOne);
            if (pending.size() > MOST) {
                LOG.log(
                        Level.WARNING,
                        "Cache '" + cache + "': more than " + MOST + " invalidations wait for the remote tier;"
                                + " the whole cache will be cleared instead");
                pending.clear();
                addOne(new Pending.OfAll<>());
            }
            size = pending.size();
            start = !sending;
            sending = true;
        }
        if (start) {
            clock.after(RETRY_NANOS, this::send);
        }
    }

    /** A later one of the same thing takes the place of the earlier, at the end, with the higher version of the two. */
    private void addOne(Pending<K> one) {
        Object id = id(one);
        Pending<K> before = pending.remove(id);
        pending.put(id, before == null ? one : merged(before, one));
    }

    /** Never the earlier object: what is being sent now is about something earlier. */
    private static <K> Pending<K> merged(Pending<K> before, Pending<K> one) {
        return before instanceof Pending.OfKey<K> old
                        && one instanceof Pending.OfKey<K> own
                        && Long.compareUnsigned(old.least(), own.least()) > 0
                ? new Pending.OfKey<>(old.key(), old.least())
                : one;
    }

    /** Says what is lost. */
    synchronized void close() {
        if (!pending.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "Cache '" + cache + "' is closed while " + pending.size() + " invalidations wait for the remote"
                            + " tier; other instances may serve what they have until its time to live is over");
        }
    }

    private void send() {
        List<Pending<K>> batch = head();
        if (batch.isEmpty()) {
            return;
        }
        CompletableFuture<Void> unused = confirmation(batch)
                .exceptionally(this::notSent)
                .thenAccept(confirmed -> {
                    if (forget(batch, confirmed)) {
                        send();
                    } else {
                        clock.after(RETRY_NANOS, this::send);
                    }
                });
    }

    private CompletableFuture<List<Pending<K>>> confirmation(List<Pending<K>> batch) {
        try {
            return sender.apply(batch);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<Pending<K>> notSent(Throwable failure) {
        LOG.log(Level.WARNING, "Cache '" + cache + "': pending invalidations cannot be sent; trying again", failure);
        return List.of();
    }

    /** Some of the keys before the first that is no key, or that one if there are none. */
    private synchronized List<Pending<K>> head() {
        List<Pending<K>> batch = keysAfter(tried);
        if (batch.isEmpty()) {
            tried = 0;
            batch = keysAfter(0);
        }
        if (batch.isEmpty()) {
            batch = pending.values().stream().limit(1).toList();
        }
        sending = !batch.isEmpty();
        return batch;
    }

    private List<Pending<K>> keysAfter(int skipped) {
        return pending.values().stream()
                .takeWhile(one -> one instanceof Pending.OfKey)
                .skip(skipped)
                .limit(together)
                .toList();
    }

    /** What was added again meanwhile stays: it is about something later. Returns whether all was confirmed. */
    private synchronized boolean forget(List<Pending<K>> batch, List<Pending<K>> confirmed) {
        for (Pending<K> one : confirmed) {
            Object id = id(one);
            if (pending.get(id) == one) {
                pending.remove(id);
            }
        }
        size = pending.size();
        if (pending.isEmpty()) {
            LOG.log(Level.INFO, "Cache '" + cache + "': all pending invalidations were confirmed");
        }
        int failed = batch.size() - confirmed.size();
        tried += failed;
        together = failed == 0 ? Math.min(MOST_TOGETHER, 2 * together) : LEAST_TOGETHER;
        return failed == 0;
    }

    private static Object id(Pending<?> one) {
        if (one instanceof Pending.OfKey<?> ofKey) {
            return new KeyId(ofKey.key());
        }
        return one instanceof Pending.OfTag<?> ofTag ? new TagId(ofTag.tag()) : Everything.ALL;
    }

    private record KeyId(Object key) {}

    private record TagId(String tag) {}

    private enum Everything {
        ALL
    }
}
