package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;

/** What was loaded together expires together. */
final class ExpiryStorm {

    private static final Duration WAITED = Duration.ofMillis(25);

    private ExpiryStorm() {}

    static Chapter chapter() {
        return Chapter.of(
                        "3-expiry",
                        new Step(
                                "400 products expire together",
                                Plan.shared(ExpiryStorm::together),
                                shop -> storm(shop, 400)),
                        new Step("jitter", Plan.shared(ExpiryStorm::jitter), shop -> storm(shop, 400)),
                        new Step("jitter, `RefreshAhead`", Plan.shared(ExpiryStorm::ahead), shop -> storm(shop, 400)),
                        new Step(
                                "jitter, `StaleWhileRevalidate`",
                                Plan.shared(ExpiryStorm::revalidating),
                                shop -> storm(shop, 400)),
                        new Step("10 hot products expire", Plan.shared(ExpiryStorm::together), shop -> storm(shop, 10)),
                        new Step(
                                "10 hot products, early refresh",
                                Plan.shared(ExpiryStorm::early),
                                shop -> storm(shop, 10)))
                .with("answers after more than 25 ms", figures -> Chapter.count(figures.slowerThan(WAITED)));
    }

    static LoadingTieredCache<Long, Product> together(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(1_500))).build(database::find);
    }

    static LoadingTieredCache<Long, Product> jitter(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(1_500)).jitter(0.5))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> ahead(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(1_500)).jitter(0.5))
                .refreshAhead(RefreshAhead.at(0.4))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> revalidating(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(1_500)).jitter(0.5))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> early(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(1_500)))
                .refreshAhead(RefreshAhead.probabilistic())
                .build(database::find);
    }

    private static Figures storm(Shop shop, int products) throws Exception {
        shop.warmUp(products);
        return new Load(shop, Demand.evenly(1, products)).perSecond(1_200, Duration.ofMillis(2_800));
    }
}
