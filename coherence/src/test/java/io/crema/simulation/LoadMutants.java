package io.crema.simulation;

import io.crema.internal.engine.Loading;
import io.crema.policy.Backoff;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.ForwardingCache;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * What the checks of loads have to notice: caches that do not keep to the policies that they are said to have, and a remote
 * tier that gives leases and keeps holds as it likes.
 */
final class LoadMutants {

    private LoadMutants() {}

    /** @param name what it does */
    record Mutant(String name, LoadSetup setup) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Mutant> all() {
        return List.of(
                policies(
                        "values are fresh too long",
                        plan -> plan.with(
                                Expiration.fresh(plan.expiration().fresh().multipliedBy(2)))),
                policies(
                        "values are fresh too short",
                        plan -> plan.with(
                                Expiration.fresh(plan.expiration().fresh().dividedBy(2)))),
                policies("nulls are fresh too long", LoadMutants::nullsLonger),
                loading("reserves are served too long", LoadMutants::reservesLonger),
                loading("reserves are not served", LoadMutants::withoutReserve),
                loading("a failed load is repeated too soon", LoadMutants::retrySooner),
                loading("stale values are served too long", LoadMutants::revalidatedLonger),
                loading("stale values are not served while they are loaded", LoadMutants::notRevalidated),
                loading("refreshes come too early", LoadMutants::refreshedEarly),
                loading("hard timeouts come late", LoadMutants::hardLater),
                loading(
                        "hard timeouts do not come",
                        loading -> loading.timeouts(
                                new LoadTimeouts(loading.timeouts().soft(), null))),
                loading("soft timeouts do not come", LoadMutants::withoutSoft),
                loading(
                        "nobody waits for another instance's load",
                        loading -> loading.singleFlight(SingleFlight.waitUpTo(Duration.ofMillis(1)))),
                loading("failures are not remembered", loading -> loading.failures(FailureCaching.off())),
                remote("everybody gets the lease", GenerousLeases::new),
                remote("keys are not held back", NoHolds::new),
                remote("leases are not given back", NoReleases::new));
    }

    private static Mutant policies(String name, UnaryOperator<LoadPlan> policies) {
        return new Mutant(name, new LoadSetup(policies, cache -> cache));
    }

    private static Mutant loading(String name, UnaryOperator<Loading> policies) {
        return policies(name, plan -> plan.with(policies.apply(plan.loading())));
    }

    private static Mutant remote(String name, UnaryOperator<RemoteCache> tampering) {
        return new Mutant(name, new LoadSetup(plan -> plan, tampering));
    }

    private static LoadPlan nullsLonger(LoadPlan plan) {
        Duration fresh = plan.nulls().fresh();
        return fresh == null ? plan : plan.with(NullCaching.cachedFor(fresh.multipliedBy(4)));
    }

    private static Loading reservesLonger(Loading loading) {
        StaleOnError policy = loading.staleOnError();
        return policy == null
                ? loading
                : loading.staleOnError(
                        StaleOnError.upTo(policy.limit().multipliedBy(3)).retry(policy.retry()));
    }

    private static Loading withoutReserve(Loading loading) {
        return withoutSoft(loading).staleOnError(null);
    }

    private static Loading notRevalidated(Loading loading) {
        return withoutSoft(loading).staleWhileRevalidate(null);
    }

    /** A soft timeout needs a reserve. */
    private static Loading withoutSoft(Loading loading) {
        return loading.timeouts(new LoadTimeouts(null, loading.timeouts().hard()));
    }

    private static Loading retrySooner(Loading loading) {
        StaleOnError policy = loading.staleOnError();
        return policy == null ? loading : loading.staleOnError(policy.retry(Backoff.every(Duration.ofMillis(1))));
    }

    private static Loading revalidatedLonger(Loading loading) {
        StaleWhileRevalidate policy = loading.staleWhileRevalidate();
        if (policy == null || loading.staleOnError() != null) {
            return loading;
        }
        return loading.staleWhileRevalidate(
                StaleWhileRevalidate.upTo(policy.limit().multipliedBy(4)));
    }

    private static Loading refreshedEarly(Loading loading) {
        RefreshAhead policy = loading.refreshAhead();
        return policy == null
                ? loading
                : loading.refreshAhead(RefreshAhead.at(0.1).retry(policy.retry()));
    }

    private static Loading hardLater(Loading loading) {
        Duration hard = loading.timeouts().hard();
        return hard == null
                ? loading
                : loading.timeouts(new LoadTimeouts(loading.timeouts().soft(), hard.multipliedBy(20)));
    }

    private static final class GenerousLeases extends ForwardingCache {

        GenerousLeases(RemoteCache cache) {
            super(cache);
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
            return super.lease(key, leaseToken, mode, known, leaseMillis, atLeast)
                    .thenApply(reply -> reply instanceof LeaseReply.Refused refused
                                    && refused.current().lease().isLoading()
                            ? new LeaseReply.Granted(0)
                            : reply);
        }
    }

    private static final class NoHolds extends ForwardingCache {

        NoHolds(RemoteCache cache) {
            super(cache);
        }

        @Override
        public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
            return super.release(key, leaseToken, 0, 0);
        }
    }

    private static final class NoReleases extends ForwardingCache {

        NoReleases(RemoteCache cache) {
            super(cache);
        }

        @Override
        public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
            return CompletableFuture.completedFuture(null);
        }
    }
}
