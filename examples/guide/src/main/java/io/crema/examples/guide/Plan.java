package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.redis.codec.KryoCodec;

/**
 * How an instance of the service is made; what a step changes.
 *
 * @param crema with or without Redis
 * @param cache its policies and its loader
 * @param page what it does for a request
 */
record Plan(ForCrema crema, ForCache cache, ForPage page) {

    @FunctionalInterface
    interface ForCrema {

        Crema.Builder begin(Shop shop);
    }

    @FunctionalInterface
    interface ForCache {

        LoadingTieredCache<Long, Product> build(CacheBuilder<Long, Product> cache, Database database);
    }

    @FunctionalInterface
    interface ForPage {

        ProductPage of(LoadingTieredCache<Long, Product> products, Database database);
    }

    /** Every read is a query. */
    static Plan withoutCache() {
        return alone((cache, database) -> cache.build(database::find)).page((products, database) -> database::find);
    }

    /** A cache in each instance, without Redis. */
    static Plan alone(ForCache cache) {
        return new Plan(shop -> Crema.builder(), cache, (products, database) -> products::get);
    }

    /** A cache in each instance and Redis between them. */
    static Plan shared(ForCache cache) {
        return alone(cache).crema(shop -> ThreeInstances.withRedis(shop.redis().uri()));
    }

    Plan crema(ForCrema other) {
        return new Plan(other, cache, page);
    }

    Plan page(ForPage other) {
        return new Plan(crema, cache, other);
    }

    Instance start(Shop shop) {
        Crema instance = crema.begin(shop).build();
        CacheBuilder<Long, Product> builder =
                instance.<Long, Product>cache("products").codec(KryoCodec.of(Product.class));
        LoadingTieredCache<Long, Product> products = cache.build(builder, shop.database());
        return new Instance(instance, products, page.of(products, shop.database()));
    }
}
