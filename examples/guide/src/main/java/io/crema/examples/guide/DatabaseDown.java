package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Backoff;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.StaleOnError;
import java.time.Duration;

/** No query is answered. */
final class DatabaseDown {

    private static final int PRODUCTS = 300;

    private DatabaseDown() {}

    static Chapter chapter() {
        return Chapter.of(
                        "5-database-down",
                        new Step(
                                "the database is down for 1.9 s",
                                Plan.shared(DatabaseDown::bare),
                                DatabaseDown::outage),
                        new Step("`StaleOnError`", Plan.shared(DatabaseDown::reserve), DatabaseDown::outage),
                        new Step(
                                "down, and products that no tier has",
                                Plan.shared(DatabaseDown::reserve),
                                DatabaseDown::outageWithNewProducts),
                        new Step(
                                "the same with `FailureCaching`",
                                Plan.shared(DatabaseDown::failFast),
                                DatabaseDown::outageWithNewProducts))
                .with("refused queries", figures -> Chapter.count(figures.refused()));
    }

    static LoadingTieredCache<Long, Product> bare(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> reserve(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10))
                        .retry(Backoff.doubling(Duration.ofMillis(250), Duration.ofSeconds(2))))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> failFast(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10))
                        .retry(Backoff.doubling(Duration.ofMillis(250), Duration.ofSeconds(2))))
                .failures(FailureCaching.cachedFor(Duration.ofSeconds(1)))
                .build(database::find);
    }

    static Figures outage(Shop shop) throws Exception {
        return outage(shop, Demand.popular(PRODUCTS));
    }

    private static Figures outageWithNewProducts(Shop shop) throws Exception {
        return outage(shop, Demand.popular(PRODUCTS).and(Demand.evenly(1_000, 20)));
    }

    private static Figures outage(Shop shop, Demand demand) throws Exception {
        shop.warmUp(PRODUCTS);
        shop.database().goDown();
        return new Load(shop, demand)
                .at(Duration.ofMillis(1_900), () -> shop.database().recover())
                .perSecond(600, Duration.ofMillis(2_100));
    }
}
