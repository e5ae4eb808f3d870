package io.crema.examples.readme;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.examples.readme.ProductService.Product;
import io.crema.examples.readme.ProductService.ProductTable;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.redis.codec.KryoCodec;
import java.time.Duration;

/** The README's cache for an origin that is slow, busy or down. */
final class GuardedProducts {

    private GuardedProducts() {}

    static LoadingTieredCache<Long, Product> open(Crema crema, ProductTable table) {
        return crema.<Long, Product>cache("products")
                .codec(KryoCodec.of(Product.class))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)).jitter(0.1))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(30)))
                .staleOnError(StaleOnError.upTo(Duration.ofHours(1)).retryEvery(Duration.ofSeconds(10)))
                .refreshAhead(RefreshAhead.at(0.8).beta(1))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(50)).hard(Duration.ofSeconds(2)))
                .bulkhead(Bulkhead.of(20))
                .nulls(NullCaching.cachedFor(Duration.ofSeconds(30)))
                .build(table::find);
    }
}
