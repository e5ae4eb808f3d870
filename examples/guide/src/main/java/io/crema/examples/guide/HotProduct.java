package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import java.time.Duration;

/** One product that everybody wants. */
final class HotProduct {

    private static final int READERS = 450;

    private HotProduct() {}

    static Chapter chapter() {
        return Chapter.of(
                "1-hot-product",
                new Step("no cache, 300 reads/s", Plan.withoutCache(), shop -> traffic(shop, 300)),
                new Step("no cache, 900 reads/s", Plan.withoutCache(), shop -> traffic(shop, 900)),
                new Step("a cache in each instance, 900 reads/s", loading(), shop -> traffic(shop, 900)),
                new Step("450 readers of one cold product, looked up and put by hand", byHand(), HotProduct::herd),
                new Step("450 readers of one cold product, `get` with a loader", loading(), HotProduct::herd));
    }

    static Plan byHand() {
        return Plan.alone(HotProduct::cache).page((products, database) -> id -> {
            Product product = products.getIfPresent(id);
            if (product == null) {
                product = database.find(id);
                products.put(id, product);
            }
            return product;
        });
    }

    static Plan loading() {
        return Plan.alone(HotProduct::cache);
    }

    static LoadingTieredCache<Long, Product> cache(CacheBuilder<Long, Product> cache, Database database) {
        return cache.near(Near.entries(10_000))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .build(database::find);
    }

    private static Figures traffic(Shop shop, int readsPerSecond) throws Exception {
        return new Load(shop, Demand.popular(500)).perSecond(readsPerSecond, Duration.ofMillis(1_500));
    }

    static Figures herd(Shop shop) throws Exception {
        return new Load(shop, Demand.only(17)).burst(READERS);
    }
}
