package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import java.time.Duration;

/** Redis does not answer. */
final class RedisAway {

    private static final Duration WAITED = Duration.ofMillis(100);
    private static final int PRODUCTS = 300;

    private RedisAway() {}

    static Chapter chapter() {
        return Chapter.of(
                        "9-redis-away",
                        new Step(
                                "Redis does not answer for 2.9 s, no breaker",
                                without(RedisAway::small),
                                RedisAway::paused),
                        new Step("circuit breaker", with(RedisAway::small), RedisAway::paused),
                        new Step("circuit breaker, room for all products", with(RedisAway::large), RedisAway::paused),
                        new Step(
                                "circuit breaker, room for all, `Degraded.RESERVE`",
                                with(RedisAway::reserve),
                                RedisAway::paused))
                .with(
                        "answers after more than 100 ms",
                        figures -> Chapter.count(figures.latencies().above(WAITED)));
    }

    private static Plan without(Plan.ForCache cache) {
        return Plan.shared(cache)
                .crema(shop -> ThreeInstances.withRedis(shop.redis().uri()).circuitBreaker(CircuitBreaker.off()));
    }

    private static Plan with(Plan.ForCache cache) {
        return Plan.shared(cache)
                .crema(shop -> ThreeInstances.withRedis(shop.redis().uri())
                        .circuitBreaker(CircuitBreaker.standard().window(Duration.ofSeconds(1))));
    }

    static LoadingTieredCache<Long, Product> small(CacheBuilder<Long, Product> cache, Database database) {
        return cache.near(Near.entries(100))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> large(CacheBuilder<Long, Product> cache, Database database) {
        return cache.near(Near.entries(10_000))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> reserve(CacheBuilder<Long, Product> cache, Database database) {
        return cache.near(Near.entries(10_000))
                .degraded(Degraded.RESERVE)
                .expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .build(database::find);
    }

    private static Figures paused(Shop shop) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.popular(PRODUCTS))
                .at(Duration.ofMillis(300), () -> shop.redis().pause())
                .at(Duration.ofMillis(3_200), () -> shop.redis().resume())
                .perSecond(300, Duration.ofMillis(3_300));
    }
}
