package io.crema.internal.engine;

import io.crema.CacheLoadException;
import io.crema.LoadTimeoutException;
import io.crema.internal.engine.HeldBack.Held;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.time.Timeouts;
import io.crema.policy.AbandonedLoads;
import io.crema.spi.LeaseState;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the loads of a cache share: their policies, their limits, and what is known of those that failed. */
final class Loads<K, V> {

    final Loading policies;
    final LoadGate gate;

    /** Runs loaders that block, where there are timeouts. */
    final Executor executor;

    final HeldBack<K> heldBack;

    /** How long others leave a key to whoever holds the lease to load it. */
    final long leaseMillis;

    private final CacheEngine<K, V> engine;
    final @Nullable Timeouts soft;
    final @Nullable Timeouts hard;

    Loads(CacheEngine<K, V> engine, Loading policies, Executor executor) {
        this.engine = engine;
        this.policies = policies;
        this.executor = executor;
        this.gate = new LoadGate(policies.limit());
        this.heldBack = new HeldBack<>(engine.clock);
        this.leaseMillis = policies.leaseMillis();
        this.soft = timeouts(policies.timeouts().soft());
        this.hard = timeouts(policies.timeouts().hard());
    }

    private @Nullable Timeouts timeouts(@Nullable Duration time) {
        return time == null ? null : new Timeouts(engine.clock, time.toNanos());
    }

    LoadDeadlines deadlines() {
        return new LoadDeadlines(soft, hard);
    }

    /** Nothing that waits for time goes on. */
    void close() {
        if (soft != null) {
            soft.close();
        }
        if (hard != null) {
            hard.close();
        }
    }

    /** How long a read waits for another instance's load. */
    long waitNanos() {
        return policies.singleFlight().waitLimit().toNanos();
    }

    /**
     * Not what is good for a moment only, because nobody else knows that it is here; nor what is fresh, and past nothing
     * but its time in this process: the remote tier has it.
     */
    boolean mayServeWhileRevalidating(NearEntry<V> entry, long now) {
        boolean momentary = engine.hasRemoteTier() && entry.deadline == entry.asOf + engine.window;
        return !momentary && now >= entry.freshUntil && policies.mayServeWhileRevalidating(entry, now);
    }

    /** A loader gave a value. */
    void loaded(LoadCall<K, V> call, Loaded<V> value) {
        heldBack.forget(call.key());
        if (call.request().isRevalidation()) {
            engine.counters.refreshes.increment();
            engine.events.refreshed(call.key(), value.timer().nanos());
        } else {
            engine.events.loaded(call.key(), value.timer().nanos());
        }
    }

    /** A loader failed, timed out or was rejected. */
    void loadFailed(LoadCall<K, V> call, Throwable failure, long took, int failures) {
        if (call.request().isRevalidation()) {
            engine.counters.refreshes.increment();
            engine.events.refreshFailed(call.key(), took, failure, failures);
        } else {
            engine.events.loadFailed(call.key(), took, failure, failures);
        }
    }

    /** Nobody here loads a key for a while; the failure is null if another instance's load failed. */
    void holdBack(LoadCall<K, V> call, int failures, long nanos, @Nullable Throwable failure) {
        if (policies.remembersFailures()) {
            heldBack.failed(call.key(), failures, nanos, failure);
        }
    }

    RuntimeException rememberedFailure(K key, Held held) {
        Throwable failure = held.failure();
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return new CacheLoadException(
                "Cache '" + engine.name + "': the last load of a key of type "
                        + key.getClass().getName() + " failed"
                        + (failure == null ? " in another instance" : ": " + failure)
                        + "; failures are remembered, and the key is loaded again in "
                        + TimeUnit.NANOSECONDS.toMillis(Math.max(0, held.until() - engine.clock.exact())) + " ms",
                failure == null ? new LoadTrouble() : failure);
    }

    CacheLoadException othersFailure(K key, LeaseState state) {
        return new CacheLoadException(
                "Cache '" + engine.name + "': another instance's load of a key of type "
                        + key.getClass().getName() + " failed (" + state.failures()
                        + " in a row); the key is loaded again in " + state.leftMillis() + " ms",
                new LoadTrouble());
    }

    LoadTimeoutException hardTimeout(K key) {
        return new LoadTimeoutException("Cache '" + engine.name + "': no value for a key of type "
                + key.getClass().getName() + " within the hard timeout of "
                + Objects.requireNonNull(policies.timeouts().hard()).toMillis()
                + " ms; what the load may still give is dropped. If the origin needs longer, give it more time by"
                + " loadTimeouts(..)");
    }

    long hardNanos() {
        return Objects.requireNonNull(policies.timeouts().hard()).toNanos();
    }

    /** A caller does not wait for a flight any more. */
    void left(Flight<V> flight) {
        if (policies.abandoned() == AbandonedLoads.CANCEL && !flight.result.isDone() && flight.leave()) {
            flight.abandon();
        }
    }

    /** The same future, whose cancellation means that its caller has left. */
    <T extends @Nullable Object> CompletableFuture<T> leavingWhenCancelled(CompletableFuture<T> given, Runnable left) {
        if (policies.abandoned() == AbandonedLoads.CANCEL) {
            CompletableFuture<T> unused = given.whenComplete((value, failure) -> {
                if (given.isCancelled()) {
                    left.run();
                }
            });
        }
        return given;
    }
}
