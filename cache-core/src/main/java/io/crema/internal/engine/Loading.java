package io.crema.internal.engine;

import io.crema.internal.entry.NearEntry;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Policy;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a cache that are about loading.
 *
 * @param staleOnError null = a failure is a failure
 * @param staleWhileRevalidate null = a stale value waits for its load
 * @param refreshAhead null = nothing is loaded before it is stale
 * @param bulkhead null = none was set
 */
public record Loading(
        @Nullable StaleOnError staleOnError,
        @Nullable StaleWhileRevalidate staleWhileRevalidate,
        @Nullable RefreshAhead refreshAhead,
        LoadTimeouts timeouts,
        @Nullable Bulkhead bulkhead,
        SingleFlight singleFlight,
        FailureCaching failures,
        AbandonedLoads abandoned) {

    public static final Loading DEFAULTS = new Loading(
            null,
            null,
            null,
            LoadTimeouts.none(),
            null,
            SingleFlight.waitUpTo(Duration.ofSeconds(5)),
            FailureCaching.off(),
            AbandonedLoads.FINISH);

    /** The key is free at once for whoever comes. */
    static final long NO_HOLD = 0;

    /** Long enough for every instance that waits for a load to learn that it failed. */
    static final long TOLD_MILLIS = 200;

    private static final long SHORTEST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LEASE_MILLIS = 10_000;

    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private static final Bulkhead OF_TIMED_LOADS = Bulkhead.of(64);

    public Loading staleOnError(@Nullable StaleOnError policy) {
        return new Loading(
                policy, staleWhileRevalidate, refreshAhead, timeouts, bulkhead, singleFlight, failures, abandoned);
    }

    public Loading staleWhileRevalidate(@Nullable StaleWhileRevalidate policy) {
        return new Loading(staleOnError, policy, refreshAhead, timeouts, bulkhead, singleFlight, failures, abandoned);
    }

    public Loading refreshAhead(RefreshAhead policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, policy, timeouts, bulkhead, singleFlight, failures, abandoned);
    }

    public Loading timeouts(LoadTimeouts policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, refreshAhead, policy, bulkhead, singleFlight, failures, abandoned);
    }

    public Loading bulkhead(Bulkhead policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, refreshAhead, timeouts, policy, singleFlight, failures, abandoned);
    }

    public Loading singleFlight(SingleFlight policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, refreshAhead, timeouts, bulkhead, policy, failures, abandoned);
    }

    public Loading failures(FailureCaching policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, refreshAhead, timeouts, bulkhead, singleFlight, policy, abandoned);
    }

    public Loading abandoned(AbandonedLoads policy) {
        return new Loading(
                staleOnError, staleWhileRevalidate, refreshAhead, timeouts, bulkhead, singleFlight, failures, policy);
    }

    /** What is wrong with each, and what does not fit together. */
    public List<String> faults(Expiration expiration) {
        List<String> faults = new ArrayList<>();
        Stream.of(staleOnError, staleWhileRevalidate, refreshAhead, timeouts, bulkhead, singleFlight, failures)
                .filter(Objects::nonNull)
                .map(Policy::faults)
                .forEach(faults::addAll);
        if (timeouts.soft() != null && staleOnError == null && staleWhileRevalidate == null) {
            faults.add("LoadTimeouts: soft has no effect without a reserve; set staleOnError(..) too");
        }
        if (staleOnError != null
                && Stream.of(expiration, staleOnError)
                        .allMatch(policy -> policy.faults().isEmpty())) {
            addConflicts(expiration.fresh(), staleOnError, faults);
        }
        return faults;
    }

    /** Of times each of which is right by itself. */
    private void addConflicts(Duration fresh, StaleOnError staleOnError, List<String> faults) {
        Duration limit = staleOnError.limit();
        Duration first = staleOnError.retry().first();
        if (limit.compareTo(fresh) <= 0) {
            faults.add(
                    "StaleOnError: limit is counted from the load, so it must be longer than the time to live, which is "
                            + fresh + ", but is " + limit);
        } else if (first.compareTo(limit.minus(fresh)) >= 0) {
            faults.add("StaleOnError: the first wait of retry must be shorter than the time that a value is a reserve,"
                    + " which is " + limit.minus(fresh) + " from the time to live to the limit, but is " + first);
        }
        if (staleWhileRevalidate != null
                && staleWhileRevalidate.faults().isEmpty()
                && staleWhileRevalidate.limit().plus(fresh).compareTo(limit) > 0) {
            faults.add("StaleWhileRevalidate: limit after the time to live must not reach beyond the greatest age that"
                    + " StaleOnError allows, which is " + limit + ", but ends at "
                    + staleWhileRevalidate.limit().plus(fresh));
        }
    }

    /** Until when a value is kept, of which these are the moments of its load and of the end of its freshness. */
    long keepUntil(long bornAt, long freshUntil) {
        long onError = staleOnError == null
                ? freshUntil
                : bornAt + staleOnError.limit().toNanos();
        return Math.max(Math.max(freshUntil, onError), revalidateUntil(freshUntil));
    }

    /** Until when a stale value is served while it is loaded anew. */
    long revalidateUntil(long freshUntil) {
        return staleWhileRevalidate == null
                ? freshUntil
                : freshUntil + staleWhileRevalidate.limit().toNanos();
    }

    /**
     * From when on a value must be loaded anew at once, lest its readers have to wait: when half of the time is over in
     * which it may be loaded behind them.
     */
    long urgentFrom(NearEntry<?> entry) {
        long due = Math.min(entry.refreshAt(), entry.freshUntil);
        return due + (revalidateUntil(entry.freshUntil) - due) / 2;
    }

    boolean keepsReserves() {
        return staleOnError != null || staleWhileRevalidate != null;
    }

    /**
     * How long a lease to load a key holds: as long as a load may take, and time to store what it gave; without a hard
     * timeout, as long as others wait for it at least.
     */
    long leaseMillis() {
        Duration hard = timeouts.hard();
        long most = hard == null ? singleFlight.waitLimit().toMillis() : hard.toMillis() + 1_000;
        return Math.max(LEASE_MILLIS, most);
    }

    /** Whether blocking loaders need threads of their own. */
    boolean isTimed() {
        return timeouts.soft() != null || timeouts.hard() != null;
    }

    /** What limits the loads that run. */
    Bulkhead limit() {
        if (bulkhead != null) {
            return bulkhead;
        }
        return isTimed() ? OF_TIMED_LOADS : Bulkhead.unlimited();
    }

    /** Whether a value that is not fresh may be served because a load failed, or takes long. */
    boolean mayServeOnError(NearEntry<?> entry, long now) {
        return now < servableUntil(entry);
    }

    /** Until when that is so. */
    long servableUntil(NearEntry<?> entry) {
        long onError = staleOnError == null
                ? Long.MIN_VALUE
                : entry.bornAt + staleOnError.limit().toNanos();
        return entry.isExpired() ? onError : Math.max(onError, revalidateUntil(entry.freshUntil));
    }

    /** Whether a value may be served while it is loaded anew behind its reader. */
    boolean mayServeWhileRevalidating(NearEntry<?> entry, long now) {
        return staleWhileRevalidate != null && !entry.isExpired() && now < revalidateUntil(entry.freshUntil);
    }

    /** Whether this instance has to remember that loads failed. */
    boolean remembersFailures() {
        return keepsReserves() || refreshAhead != null || failures.time() != null;
    }

    /**
     * How long nobody loads a key after a load for its readers has failed; {@link #NO_HOLD} if no policy says so.
     *
     * @param failures in a row
     * @param reserve what is served meanwhile; null = nothing
     */
    long holdNanos(int failures, @Nullable NearEntry<?> reserve, long now) {
        if (reserve != null && staleOnError != null) {
            return capped(staleOnError.retry().after(failures).toNanos(), reserve, now);
        } else if (reserve != null) {
            return capped(RETRY.after(failures).toNanos(), reserve, now);
        }
        Duration remembered = this.failures.time();
        return remembered == null ? NO_HOLD : remembered.toNanos();
    }

    /** As {@link #holdNanos}, after a load behind the readers; never so long that they would have to wait for its end. */
    long holdOfRefresh(int failures, NearEntry<?> entry, long now) {
        if (refreshAhead != null && now < entry.freshUntil) {
            return capped(refreshAhead.retry().after(failures).toNanos(), entry, now);
        }
        return holdNanos(failures, entry, now);
    }

    private long capped(long hold, NearEntry<?> entry, long now) {
        long until = staleOnError == null ? revalidateUntil(entry.freshUntil) : entry.keepUntil;
        return Math.max(SHORTEST_HOLD_NANOS, Math.min(hold, until - now));
    }

    /** How long readers leave a refresh that was begun alone. */
    long refreshPauseNanos() {
        Backoff retry = refreshAhead == null ? RETRY : refreshAhead.retry();
        return retry.after(1).toNanos();
    }
}
