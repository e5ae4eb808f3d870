package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.CacheWriteException;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.PartialWriteException;
import io.crema.internal.engine.WriterCalls.Told;
import io.crema.policy.WritePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes that go to the origin first: begin, call the writer, end. What each of these steps leaves behind when it fails is
 * in the table of {@link WritePath}.
 */
final class OriginWrites<K, V> {

    private final CacheEngine<K, V> engine;
    private final WriterCalls<K, V> writer;

    /** For how long a key is in quarantine at most; null = it is not, and its value is not cached. */
    private final @Nullable Duration quarantine;

    OriginWrites(CacheEngine<K, V> engine, Writing<K, V> writing) {
        this.engine = engine;
        this.writer = new WriterCalls<>(engine, writing.writer());
        boolean mayHold = !engine.hasRemoteTier() || engine.storesRemotely();
        this.quarantine =
                mayHold && writing.policy() instanceof WritePolicy.Through through ? through.quarantine() : null;
    }

    /**
     * What is to become of one key.
     *
     * @param value null = it is deleted
     */
    record Change<K, V>(K key, @Nullable V value, EntryOptions options) {}

    /**
     * A change that has begun.
     *
     * @param held its quarantine; null = there is none
     */
    private record Begun<K, V>(
            Change<K, V> change, @Nullable HeldKey<K, V> held, ContextOfWrite context) {

        K key() {
            return change.key();
        }

        boolean isRefused() {
            return held != null && held.isRefused();
        }

        Told<K, V> told() {
            return new Told<>(change.key(), change.value(), context);
        }
    }

    /** @param runner calls the writer */
    CompletableFuture<Void> write(Change<K, V> change, Executor runner) {
        requireStorable(change);
        return begin(change)
                .thenApplyAsync(begun -> call(List.of(begun), told -> writer.callOne(told.get(0))), runner)
                .thenCompose(Written::end);
    }

    /** As {@link #write(Change, Executor)} for many keys, of which the writer is told together. */
    CompletableFuture<Void> writeAll(Collection<Change<K, V>> changes, Executor runner) {
        changes.forEach(this::requireStorable);
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Begun<K, V>>> begun =
                changes.stream().map(this::begin).toList();
        return CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new))
                .thenApplyAsync(
                        done -> call(begun.stream().map(Futures::valueOf).toList(), writer::callAll), runner)
                .thenCompose(Written::end);
    }

    /** What cannot be stored is found out before anything has changed. */
    private void requireStorable(Change<K, V> change) {
        engine.requireOpen();
        engine.requireEncodable(change.key(), change.value());
    }

    private CompletableFuture<Begun<K, V>> begin(Change<K, V> change) {
        return quarantine == null
                ? CompletableFuture.completedFuture(begun(change, null, 0))
                : engine.quarantinePath
                        .tryBegin(change.key(), quarantine)
                        .thenApply(held -> begun(change, held, held.writeId()));
    }

    private Begun<K, V> begun(Change<K, V> change, @Nullable HeldKey<K, V> held, long writeId) {
        return new Begun<>(change, held, new ContextOfWrite(engine.name, change.key(), writeId, 1, change.options()));
    }

    /** Tells the writer of what is not refused. */
    private Written<K, V> call(List<Begun<K, V>> all, Function<List<Told<K, V>>, Map<K, Throwable>> calls) {
        Map<K, Throwable> failures = new LinkedHashMap<>();
        List<Told<K, V>> told = new ArrayList<>(all.size());
        for (Begun<K, V> begun : all) {
            if (begun.isRefused()) {
                failures.put(begun.key(), refusal(begun));
            } else {
                told.add(begun.told());
            }
        }
        if (!told.isEmpty()) {
            failures.putAll(calls.apply(told));
        }
        return new Written<>(this, all, failures);
    }

    /** The write in the journal would follow this one, and nobody could tell the origin that it is the older. */
    private CacheException refusal(Begun<K, V> begun) {
        return new CacheException(
                "Cache '" + engine.name + "': a key cannot be written now, because a write of it that an instance made"
                        + " behind its caller is still on its way to the origin; nothing has changed, repeat the call"
                        + " when that has been made",
                Objects.requireNonNull(Objects.requireNonNull(begun.held()).doubt()));
    }

    // The end

    /** Changes of which the writer was told, and what went wrong. */
    private record Written<K, V>(OriginWrites<K, V> writes, List<Begun<K, V>> changes, Map<K, Throwable> failures) {

        /** Ends all, whatever becomes of one; what the writer did is worse than what the remote tier did. */
        CompletableFuture<Void> end() {
            List<CompletableFuture<Void>> ends = changes.stream()
                    .map(change -> writes.end(change, !failures.containsKey(change.key())))
                    .toList();
            return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                    .handle((done, notEnded) -> {
                        if (!failures.isEmpty()) {
                            throw writes.failure(this, notEnded);
                        }
                        if (notEnded != null) {
                            throw Futures.unchecked(notEnded);
                        }
                        return null;
                    });
        }
    }

    private CompletableFuture<Void> end(Begun<K, V> begun, boolean written) {
        return written ? told(ended(begun, true)) : ended(begun, false);
    }

    /** Whoever is told that an invalidation is pending is told also that the origin has been written. */
    private CompletableFuture<Void> told(CompletableFuture<Void> ended) {
        return ended.handle((done, failure) -> {
            Throwable cause = failure == null ? null : Futures.unwrapped(failure);
            if (cause instanceof InvalidationPendingException pending) {
                throw engine.invalidations.pendingAfter(
                        "did not confirm the invalidation that follows a write of the origin, which has been made",
                        pending.getCause() == null ? pending : pending.getCause());
            } else if (cause != null) {
                throw Futures.unchecked(cause);
            }
            return null;
        });
    }

    private CompletableFuture<Void> ended(Begun<K, V> begun, boolean written) {
        HeldKey<K, V> held = begun.held();
        if (held == null) {
            return engine.invalidations.invalidate(begun.key()).thenApply(removed -> null);
        }
        V value = begun.change().value();
        EntryOptions options = begun.context().options();
        if (!written || !held.isConfirmed() || !engine.entries.isCached(value)) {
            return held.over();
        }
        return held.stored(value, options).handle((stored, failure) -> {
            Throwable cause = failure == null ? null : Futures.unwrapped(failure);
            if (cause instanceof InvalidationPendingException || cause instanceof Error) {
                throw Futures.unchecked(cause);
            }
            if (cause != null) {
                // The key was invalidated instead, so the next reader loads what the origin has.
                engine.log.warn("Cache '" + engine.name + "': a value was written, but not cached", cause);
            }
            return null;
        });
    }

    private RuntimeException failure(Written<K, V> written, @Nullable Throwable notEnded) {
        Throwable first = written.failures().values().iterator().next();
        boolean single = written.changes().size() == 1;
        RuntimeException failure;
        if (first instanceof Error error) {
            throw error;
        } else if (single || isOne(first, written)) {
            failure = first instanceof RuntimeException unchecked ? unchecked : checked(written, first);
        } else {
            failure = new PartialWriteException(
                    "Cache '" + engine.name + "': " + written.failures().size() + " of "
                            + written.changes().size() + " writes failed",
                    written.failures().keySet(),
                    first);
        }
        if (notEnded != null) {
            failure.addSuppressed(Futures.unwrapped(notEnded));
        }
        return failure;
    }

    /** Whether everything failed, in one way. */
    private static <K, V> boolean isOne(Throwable first, Written<K, V> written) {
        return !(first instanceof PartialWriteException)
                && written.failures().size() == written.changes().size()
                && written.failures().values().stream().allMatch(each -> each == first);
    }

    private CacheException checked(Written<K, V> written, Throwable cause) {
        return new CacheWriteException(
                "Cache '" + engine.name + "': the writer failed for a key of type "
                        + written.changes().get(0).key().getClass().getName() + ": " + cause,
                cause);
    }
}
