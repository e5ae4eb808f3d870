package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadContext;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.StaleOnError;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What a loader can say about the value that it returns. */
final class LoaderKnows {

    /** The category that is on sale: its products are 1 to 50. */
    private static final int SALE = 0;

    private static final int PRODUCTS = 200;

    private LoaderKnows() {}

    static Chapter chapter() {
        return Chapter.of(
                        "7-what-the-loader-knows",
                        new Step(
                                "a short time to live for all",
                                Plan.shared(LoaderKnows::shortForAll),
                                LoaderKnows::traffic),
                        new Step(
                                "short only for what is on sale",
                                Plan.shared(LoaderKnows::asItNeeds),
                                LoaderKnows::traffic),
                        new Step(
                                "short for all, `notModified`",
                                Plan.shared(LoaderKnows::ifNewer),
                                LoaderKnows::traffic),
                        new Step(
                                "a price list changes",
                                Plan.shared(LoaderKnows::tagged),
                                shop -> newPriceList(shop, false)),
                        new Step(
                                "a price list changes, `invalidateTag`",
                                Plan.shared(LoaderKnows::tagged),
                                shop -> newPriceList(shop, true)))
                .with("MB from the database", figures -> String.format(Locale.ROOT, "%.2f", figures.bytes() / 1e6))
                .with("old prices shown", figures -> Chapter.count(figures.oldPrices()));
    }

    static LoadingTieredCache<Long, Product> shortForAll(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(500)).jitter(0.3))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10)))
                .build(database::find);
    }

    static LoadingTieredCache<Long, Product> asItNeeds(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMinutes(5)).jitter(0.3))
                .buildWithContext((id, load) -> {
                    Product product = database.find(id);
                    if (product != null && product.category() == SALE) {
                        load.timeToLive(Duration.ofMillis(500));
                    }
                    return product;
                });
    }

    static LoadingTieredCache<Long, Product> ifNewer(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMillis(500)).jitter(0.3))
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(10)))
                .buildWithContext((id, load) -> findIfNewer(database, id, load));
    }

    private static @Nullable Product findIfNewer(Database database, long id, LoadContext<Product> load)
            throws InterruptedException {
        if (load.previousVersion() == 0) {
            return versioned(database.find(id), load);
        }
        Optional<Product> newer = database.findNewer(id, load.previousVersion());
        return newer.isPresent() ? versioned(newer.get(), load) : load.notModified();
    }

    private static @Nullable Product versioned(@Nullable Product product, LoadContext<Product> load) {
        if (product != null) {
            load.originVersion(product.version());
        }
        return product;
    }

    static LoadingTieredCache<Long, Product> tagged(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofSeconds(2)).jitter(0.3))
                .buildWithContext((id, load) -> {
                    Product product = database.find(id);
                    if (product != null) {
                        load.tags("category:" + product.category());
                    }
                    return product;
                });
    }

    static Figures traffic(Shop shop) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.evenly(1, PRODUCTS)).perSecond(600, Duration.ofMillis(1_600));
    }

    static Figures newPriceList(Shop shop, boolean told) throws Exception {
        shop.warmUp(PRODUCTS);
        return new Load(shop, Demand.evenly(1, PRODUCTS))
                .at(Duration.ofMillis(300), () -> {
                    LongStream.rangeClosed(1, Database.CATEGORY)
                            .mapToObj(shop.database()::changePrice)
                            .forEach(shop::announce);
                    if (told) {
                        shop.instance(0).products().invalidateTag("category:" + SALE);
                    }
                })
                .perSecond(600, Duration.ofMillis(1_500));
    }
}
