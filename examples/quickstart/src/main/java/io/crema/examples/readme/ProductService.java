package io.crema.examples.readme;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import java.time.Duration;

/** The example of the README. */
final class ProductService implements AutoCloseable {

    record Product(long id, String name, long cents) {}

    interface ProductTable {
        Product find(long id);

        void update(Product product);
    }

    private final Crema crema = Crema.builder()
            .remote(RedisRemote.builder("redis://localhost").namespace("shop").build())
            .build();
    private final LoadingTieredCache<Long, Product> products;
    private final ProductTable table;

    ProductService(ProductTable table) {
        this.table = table;
        products = crema.<Long, Product>cache("products")
                .codec(KryoCodec.of(Product.class))
                .near(Near.entries(10_000))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)).jitter(0.1))
                .staleness(Duration.ofSeconds(2))
                .build(table::find);
    }

    Product product(long id) {
        return products.get(id);
    }

    void rename(Product product) {
        table.update(product);
        products.invalidate(product.id());
    }

    @Override
    public void close() {
        crema.close();
    }
}
