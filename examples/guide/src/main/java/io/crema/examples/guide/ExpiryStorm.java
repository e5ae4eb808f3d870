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
                                "300 products expire together", Plan.shared(ExpiryStorm::together), ExpiryStorm::storm),
                        new Step("jitter", Plan.shared(ExpiryStorm::jitter), ExpiryStorm::storm),
                        new Step("jitter, `RefreshAhead`", Plan.shared(ExpiryStorm::ahead), ExpiryStorm::storm),
                        new Step(
                                "jitter, `StaleWhileRevalidate`",
                                Plan.shared(ExpiryStorm::revalidating),
                                ExpiryStorm::storm),
                        new Step("10 hot products expire", Plan.shared(ExpiryStorm::together), ExpiryStorm::hot),
                        new Step("10 hot products, early refresh", Plan.shared(ExpiryStorm::early), ExpiryStorm::hot))
                .with(
                        "answers after more than 25 ms",
                        figures -> Chapter.count(figures.latencies().above(WAITED)));
    }

    static LoadingTieredCache<Long, Product> together(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2))).build(database::find);
    }

    static LoadingTieredCache<Long, Product> jitter(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2)).jitter(0.5))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> ahead(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2)).jitter(0.5))
                .refreshAhead(RefreshAhead.at(0.6))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> revalidating(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2)).jitter(0.5))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> early(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2)))
                .refreshAhead(RefreshAhead.probabilistic())
                .build(database::find);
    }

    private static Figures storm(Shop shop) throws Exception {
        shop.warmUp(300);
        return new Load(shop, Demand.evenly(1, 300)).perSecond(1_200, Duration.ofMillis(2_400));
    }

    /** Loaded at the database's own speed, since early refresh goes by how long the last load took. */
    private static Figures hot(Shop shop) throws Exception {
        shop.askForEach(10);
        return new Load(shop, Demand.evenly(1, 10)).perSecond(1_200, Duration.ofMillis(2_400));
    }
}
