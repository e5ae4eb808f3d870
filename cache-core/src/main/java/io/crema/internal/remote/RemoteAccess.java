package io.crema.internal.remote;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.spi.TagReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One cache in the remote tier, as the engine uses it: every operation has a time limit, and none fails. An empty answer
 * says that the remote tier did not give one, and that nobody knows whether the operation was executed; or that the
 * circuit breaker did not let it through. This is the one place where the tier's trouble is caught, counted and turned
 * into a value.
 */
public final class RemoteAccess {

    /** What one write operation takes: the remote tier does nothing else while it executes it. */
    public static final int MOST_KEYS_OF_A_WRITE = 256;

    private static final int MOST_KEYS_OF_A_READ = 1_000;

    private final RemoteCache cache;
    private final Deadlines deadlines;
    private final Breaker breaker;
    private final LongAdder failures;
    private final LongAdder refusals;
    private final RareLog log;
    private final Pace pace;
    private final boolean insisting;

    /**
     * @param failures counts operations without an answer
     * @param refusals counts those that the breaker did not let through
     */
    public RemoteAccess(
            RemoteCache cache,
            Deadlines deadlines,
            Breaker breaker,
            LongAdder failures,
            LongAdder refusals,
            RareLog log) {
        this(cache, deadlines, breaker, failures, refusals, log, new Pace(), false);
    }

    private RemoteAccess(
            RemoteCache cache,
            Deadlines deadlines,
            Breaker breaker,
            LongAdder failures,
            LongAdder refusals,
            RareLog log,
            Pace pace,
            boolean insisting) {
        this.cache = cache;
        this.deadlines = deadlines;
        this.breaker = breaker;
        this.failures = failures;
        this.refusals = refusals;
        this.log = log;
        this.pace = pace;
        this.insisting = insisting;
    }

    /**
     * The same, but for what is sent even while the circuit breaker is open: operations that nobody waits for, and few.
     * Their answers let it try the tier sooner.
     */
    public RemoteAccess insisting() {
        return new RemoteAccess(cache, deadlines, breaker, failures, refusals, log, pace, true);
    }

    public RemoteCache cache() {
        return cache;
    }

    /** The journal of the cache; empty if the tier keeps none. */
    public Optional<JournalAccess> journal() {
        return cache.journal().map(journal -> new JournalAccess(this, journal));
    }

    /** Keys as one write operation after the other takes them. */
    public static <T> List<List<T>> partsOfAWrite(List<T> keys) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += MOST_KEYS_OF_A_WRITE) {
            parts.add(keys.subList(from, Math.min(keys.size(), from + MOST_KEYS_OF_A_WRITE)));
        }
        return parts;
    }

    public CompletableFuture<Answer<RemoteRecord>> read(RemoteKey key, ReadMode mode) {
        return ask("read", () -> cache.read(key, mode));
    }

    /** One request, unless there are very many keys: those are read a part at a time, each within its own limit. */
    public CompletableFuture<Answer<List<RemoteRecord>>> readAll(List<RemoteKey> keys, ReadMode mode) {
        if (keys.size() <= MOST_KEYS_OF_A_READ) {
            return ask("read", () -> cache.readAll(keys, mode));
        }
        List<RemoteKey> rest = keys.subList(MOST_KEYS_OF_A_READ, keys.size());
        return readAll(keys.subList(0, MOST_KEYS_OF_A_READ), mode).thenCompose(first -> {
            if (first.isEmpty()) {
                return CompletableFuture.completedFuture(first);
            }
            return readAll(rest, mode)
                    .thenApply(others -> others.map(records -> {
                        List<RemoteRecord> all = new ArrayList<>(first.get());
                        all.addAll(records);
                        return all;
                    }));
        });
    }

    /** @param known the token of the value that is to be replaced, for {@link LeaseMode#UNLESS_REPLACED}; else 0 */
    public CompletableFuture<Answer<LeaseReply>> lease(
            RemoteKey key, long token, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        return paced(1, "lease", () -> cache.lease(key, token, mode, known, leaseMillis, atLeast));
    }

    public CompletableFuture<Answer<StoreReply>> fill(RemoteKey key, long token, RemoteValue value, long atLeast) {
        return paced(1, "fill", () -> cache.fill(key, token, value, atLeast));
    }

    public CompletableFuture<Answer<StoreReply>> renew(
            RemoteKey key, long token, long known, Renewal renewal, long atLeast) {
        return paced(1, "renew", () -> cache.renew(key, token, known, renewal, atLeast));
    }

    /** Nobody waits for it: a lease that stays ends by itself. */
    public void release(RemoteKey key, long token) {
        release(key, token, 0, 0);
    }

    /** As {@link #release(RemoteKey, long)}; may hold the key back, as {@link RemoteCache#release} says. */
    public void release(RemoteKey key, long token, int failures, long holdMillis) {
        CompletableFuture<Answer<Boolean>> unused = releasing(key, token, failures, holdMillis);
    }

    /** As {@link #release(RemoteKey, long)}, for who is about to close the remote tier, and must wait. */
    public CompletableFuture<Answer<Boolean>> releaseLast(RemoteKey key, long token) {
        return releasing(key, token, 0, 0);
    }

    private CompletableFuture<Answer<Boolean>> releasing(RemoteKey key, long token, int failures, long holdMillis) {
        return ask(
                "release", () -> cache.release(key, token, failures, holdMillis).thenApply(done -> true));
    }

    public CompletableFuture<Answer<StoreReply>> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return paced(1, "put", () -> cache.put(key, value, holder, atLeast));
    }

    public CompletableFuture<Answer<StoreReply>> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return paced(1, "putIfAbsent", () -> cache.putIfAbsent(key, value, atLeast));
    }

    public CompletableFuture<Answer<InvalidateReply>> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return paced(keys.size(), "invalidate", () -> cache.invalidate(partition, keys, least, atLeast));
    }

    public CompletableFuture<Answer<InvalidateReply>> expire(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return paced(keys.size(), "expire", () -> cache.expire(partition, keys, least, atLeast));
    }

    public CompletableFuture<Answer<Long>> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        return paced(1, "quarantine", () -> cache.quarantine(key, holder, millis, atLeast));
    }

    public CompletableFuture<Answer<Long>> endQuarantine(RemoteKey key, long holder, long atLeast) {
        return paced(1, "endQuarantine", () -> cache.endQuarantine(key, holder, atLeast));
    }

    public CompletableFuture<Answer<TagReply>> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        return paced(tags.size(), "tagVersions", () -> cache.tagVersions(tags, keepMillis, atLeast));
    }

    public CompletableFuture<Answer<Long>> invalidateTag(String tag, long token, long atLeast) {
        return paced(1, "invalidateTag", () -> cache.invalidateTag(tag, token, atLeast));
    }

    public CompletableFuture<Answer<Long>> clear(int partition, long atLeast) {
        return ask("clear", () -> cache.clear(partition, atLeast));
    }

    public CompletableFuture<Answer<Long>> repair(int partition, String history, Repair repair, long atLeast) {
        return ask("repair", () -> cache.repair(partition, history, repair, atLeast));
    }

    <T> CompletableFuture<Answer<T>> paced(int keys, String operation, Supplier<CompletableFuture<T>> request) {
        return pace.admit(keys, () -> ask(operation, request));
    }

    /** Whatever comes, the breaker is told exactly once that what it admitted has ended, before those who wait for it are. */
    <T> CompletableFuture<Answer<T>> ask(String operation, Supplier<CompletableFuture<T>> request) {
        BreakerState admitted = insisting ? breaker.admitAlways() : breaker.admit();
        if (admitted == null && !insisting) {
            refusals.increment();
            return CompletableFuture.completedFuture(Answer.none(breaker.refusal()));
        }
        long began = breaker.now();
        CompletableFuture<T> asked = begin(request, admitted, began);
        if (asked.isDone()) {
            Answer<T> answer = answerOf(asked);
            ended(operation, answer, admitted, began);
            return CompletableFuture.completedFuture(answer);
        }
        Deadlines.Pending<T> reply = deadlines.begin(timeout -> {
            failures.increment();
            breaker.ended(admitted, began, timeout);
        });
        asked.whenComplete((result, failure) -> {
            if (reply.claim()) {
                Answer<T> answer = answerOf(asked);
                try {
                    ended(operation, answer, admitted, began);
                } finally {
                    reply.complete(answer);
                }
            }
        });
        return reply;
    }

    private <T> CompletableFuture<T> begin(
            Supplier<CompletableFuture<T>> request, @Nullable BreakerState admitted, long began) {
        try {
            return request.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        } catch (Error e) {
            breaker.ended(admitted, began, e);
            throw e;
        }
    }

    private static <T> Answer<T> answerOf(CompletableFuture<T> done) {
        try {
            return Answer.of(done.join());
        } catch (RuntimeException e) {
            return Answer.none(e.getCause() == null ? e : e.getCause());
        }
    }

    private void ended(String operation, Answer<?> answer, @Nullable BreakerState admitted, long began) {
        if (answer.isPresent()) {
            breaker.ended(admitted, began, null);
            return;
        }
        failures.increment();
        log.warn("Cache '" + cache.name() + "': the remote tier failed at " + operation, answer.reason());
        breaker.ended(admitted, began, answer.reason());
    }
}
