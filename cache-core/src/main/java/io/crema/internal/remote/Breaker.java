package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.CircuitBreaker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker around one remote tier, shared by all caches: each operation asks {@link #admit()} first and tells
 * {@link #ended} afterwards. What it does at present is the business of a {@link BreakerState}; changes from one to the
 * next are made here, one at a time, logged and told.
 *
 * <p>An operation failed if it got no answer in time, if it failed in a way that the tier calls an outage, or if its
 * answer took longer than the policy's slow call. Other failures are answers: a server that refuses something is well.
 */
public final class Breaker {

    private static final Logger LOG = System.getLogger(Breaker.class.getName());

    private final CircuitBreaker policy;
    private final InstanceClock clock;
    private final String tier;
    private final Predicate<Throwable> isOutage;
    private final long slowNanos;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile BreakerState state;
    private volatile @Nullable RefusedException refusal;

    /** Guarded by this. */
    private boolean ended;

    /** Is told each change, in their order, on the thread whose operation made it; must neither block nor throw. */
    @FunctionalInterface
    public interface Listener {

        /** @param lastFailure what made it open; null for other changes */
        void onChange(State from, State to, @Nullable Throwable lastFailure);
    }

    /**
     * @param tier names the remote tier in the log
     * @param isOutage whether a failure counts
     */
    public Breaker(CircuitBreaker policy, InstanceClock clock, String tier, Predicate<Throwable> isOutage) {
        this.policy = policy;
        this.clock = clock;
        this.tier = tier;
        this.isOutage = isOutage;
        this.slowNanos = policy.slowCall().toNanos();
        this.state = new ClosedState(this);
    }

    public void onChange(Listener listener) {
        listeners.add(listener);
    }

    public State state() {
        return state.name();
    }

    /** From now on nothing changes: what ends because everything is closed says nothing of the tier. */
    public synchronized void end() {
        ended = true;
    }

    // What operations use

    /**
     * Whether an operation may begin: what to give to {@link #ended}, exactly once, when it has; null = it may not, for
     * {@link #refusal()}.
     */
    @Nullable
    BreakerState admit() {
        BreakerState current = state;
        while (!current.admits()) {
            BreakerState next = state;
            if (next == current) {
                return null;
            }
            current = next;
        }
        return current;
    }

    /** Why operations are refused, or were the last time. */
    RefusedException refusal() {
        return Objects.requireNonNull(refusal, "nothing was refused");
    }

    /** For an operation that is sent in any case: what to give to {@link #ended} when it has, null = nothing. */
    @Nullable
    BreakerState admitAlways() {
        BreakerState admitted = admit();
        BreakerState present = state;
        return admitted == null && present.name() == State.OPEN ? present : admitted;
    }

    /**
     * An operation has ended.
     *
     * @param admittedBy what {@link #admit()} or {@link #admitAlways()} gave
     * @param began by {@link #now()}
     * @param failure null if it was answered
     */
    void ended(@Nullable BreakerState admittedBy, long began, @Nullable Throwable failure) {
        if (admittedBy == null || admittedBy != state) {
            return;
        }
        if (failure != null && isOutage.test(failure)) {
            admittedBy.failed(failure);
        } else if (now() - began > slowNanos) {
            admittedBy.slow(began);
        } else {
            admittedBy.succeeded();
        }
    }

    long now() {
        return clock.exact();
    }

    // What states use

    CircuitBreaker policy() {
        return policy;
    }

    TimeoutException slowAnswer() {
        return new TimeoutException("an answer took longer than " + policy.slowCall());
    }

    void open(BreakerState from, int times, Throwable lastFailure) {
        change(from, new OpenState(this, times), lastFailure);
    }

    void halfOpen(BreakerState from, int timesOpened) {
        change(from, new HalfOpenState(this, timesOpened), null);
    }

    void close(BreakerState from) {
        change(from, new ClosedState(this), null);
    }

    /** Without effect if the breaker is in another state by now. */
    private synchronized void change(BreakerState from, BreakerState to, @Nullable Throwable lastFailure) {
        if (state != from || ended) {
            return;
        }
        if (lastFailure != null) {
            refusal = new RefusedException(tier, lastFailure);
        }
        state = to;
        log(from.name(), to.name(), lastFailure);
        listeners.forEach(listener -> listener.onChange(from.name(), to.name(), lastFailure));
    }

    private void log(State from, State to, @Nullable Throwable lastFailure) {
        switch (to) {
            case OPEN ->
                LOG.log(
                        from == State.CLOSED ? Level.WARNING : Level.INFO,
                        "Circuit breaker of " + tier
                                + (from == State.CLOSED
                                        ? ": open, because too many operations failed or were slow; working without it."
                                        : ": open again.")
                                + " The last failure: " + lastFailure);
            case HALF_OPEN -> LOG.log(Level.INFO, "Circuit breaker of " + tier + ": half open, trying it again");
            case CLOSED -> LOG.log(Level.INFO, "Circuit breaker of " + tier + ": closed, it answers again");
        }
    }
}
