package io.crema.internal.engine;

import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.time.InstanceClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
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

    private final String cache;
    private final InstanceClock clock;
    private final Function<List<Pending<K>>, CompletableFuture<Boolean>> sender;
    private final Map<Object, Pending<K>> pending = new LinkedHashMap<>();
    private volatile int size;
    private boolean sending;

    /** @param sender sends what can go together, and gives whether all of it was confirmed; never fails */
    Outbox(String cache, InstanceClock clock, Function<List<Pending<K>>, CompletableFuture<Boolean>> sender) {
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
        CompletableFuture<Void> unused = confirmation(batch).thenAccept(confirmed -> {
            if (confirmed) {
                forget(batch);
                send();
            } else {
                clock.after(RETRY_NANOS, this::send);
            }
        });
    }

    private CompletableFuture<Boolean> confirmation(List<Pending<K>> batch) {
        try {
            return sender.apply(batch);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Cache '" + cache + "': pending invalidations cannot be sent; trying again", e);
            return CompletableFuture.completedFuture(false);
        }
    }

    /** The first of those that wait, with those behind it that can go together. */
    private synchronized List<Pending<K>> head() {
        List<Pending<K>> batch = new ArrayList<>();
        for (Pending<K> next : pending.values()) {
            if (batch.size() == RemoteAccess.MOST_KEYS_OF_A_WRITE
                    || !batch.isEmpty() && !goTogether(batch.get(0), next)) {
                break;
            }
            batch.add(next);
        }
        sending = !batch.isEmpty();
        return batch;
    }

    private static boolean goTogether(Pending<?> first, Pending<?> next) {
        return first instanceof Pending.OfKey<?> one
                && next instanceof Pending.OfKey<?> other
                && one.least() == other.least();
    }

    /** What was added again meanwhile stays: it is about something later. */
    private synchronized void forget(List<Pending<K>> confirmed) {
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
