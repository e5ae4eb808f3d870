package io.crema.examples.guide;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.redis.RedisRemote;
import java.time.Duration;

/** What the instances have in common: a Redis. */
final class ThreeInstances {

    private static final int PRODUCTS = 200;

    private ThreeInstances() {}

    static Chapter chapter() {
        return Chapter.of(
                        "2-three-instances",
                        new Step("450 readers of one cold product, no Redis", alone(), HotProduct::herd),
                        new Step("450 readers of one cold product, Redis", shared(), HotProduct::herd),
                        new Step("rolling deploy, no Redis", alone(), ThreeInstances::deploy),
                        new Step("rolling deploy, Redis", shared(), ThreeInstances::deploy),
                        new Step("a price changes, no Redis", alone(), ThreeInstances::newPrice),
                        new Step("a price changes, Redis", shared(), ThreeInstances::newPrice))
                .with("old prices shown", figures -> Chapter.count(figures.oldPrices()));
    }

    static Plan alone() {
        return Plan.alone(HotProduct::cache);
    }

    static Plan shared() {
        return Plan.shared(HotProduct::cache);
    }

    static Crema.Builder withRedis(String uri) {
        return Crema.builder().remote(RedisRemote.builder(uri).namespace("shop").build());
    }

    static Product changePrice(LoadingTieredCache<Long, Product> products, Database database, long id) {
        Product changed = database.changePrice(id);
        products.invalidate(id);
        return changed;
    }

    private static Figures deploy(Shop shop) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.popular(PRODUCTS))
                .at(Duration.ofMillis(300), () -> shop.replace(0))
                .at(Duration.ofMillis(800), () -> shop.replace(1))
                .at(Duration.ofMillis(1_300), () -> shop.replace(2))
                .perSecond(600, Duration.ofMillis(1_800));
    }

    static Figures newPrice(Shop shop) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.popular(PRODUCTS))
                .at(Duration.ofMillis(300), () -> {
                    Instance first = shop.instance(0);
                    shop.announce(changePrice(first.products(), shop.database(), 1));
                })
                .perSecond(600, Duration.ofMillis(1_200));
    }
}
