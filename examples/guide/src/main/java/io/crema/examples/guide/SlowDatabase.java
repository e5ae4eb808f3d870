package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import java.time.Duration;

/** Queries that take long, or for ever. */
final class SlowDatabase {

    private static final int PRODUCTS = 300;

    private SlowDatabase() {}

    static Chapter chapter() {
        return Chapter.of(
                        "4-slow-database",
                        new Step(
                                "queries take 1.5 s for 1.8 s", Plan.shared(SlowDatabase::patient), SlowDatabase::slow),
                        new Step("reserve and soft timeout", Plan.shared(SlowDatabase::soft), SlowDatabase::slow),
                        new Step(
                                "reserve, soft timeout, bulkhead",
                                Plan.shared(SlowDatabase::limited),
                                SlowDatabase::slow),
                        new Step(
                                "the database hangs for 1.8 s",
                                Plan.shared(SlowDatabase::patient),
                                SlowDatabase::hanging),
                        new Step(
                                "reserve, soft and hard timeout, bulkhead",
                                Plan.shared(SlowDatabase::timed),
                                SlowDatabase::hanging))
                .with("callers in the database at most", figures -> Chapter.count(figures.mostCallers()));
    }

    static LoadingTieredCache<Long, Product> patient(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> soft(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10)))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> limited(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10)))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100)))
                .bulkhead(Bulkhead.of(4))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> timed(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(1)).jitter(0.5))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10)))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100)).hard(Duration.ofMillis(500)))
                .bulkhead(Bulkhead.of(4))
                .build(database::find);
    }

    private static Figures slow(Shop shop) throws Exception {
        return incident(shop, () -> shop.database().slowDown(1_500));
    }

    private static Figures hanging(Shop shop) throws Exception {
        return incident(shop, () -> shop.database().hang());
    }

    private static Figures incident(Shop shop, Load.Happening trouble) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.popular(PRODUCTS))
                .at(Duration.ofMillis(300), trouble)
                .at(Duration.ofMillis(2_100), () -> shop.database().recover())
                .perSecond(600, Duration.ofMillis(2_400));
    }
}
