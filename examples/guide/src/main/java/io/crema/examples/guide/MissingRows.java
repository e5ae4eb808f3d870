package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.NullCaching;
import java.time.Duration;

/** Requests for products that do not exist. */
final class MissingRows {

    /** How many of them the crawler asks for. */
    static final int IDS = 50;

    private static final Demand CRAWLER = Demand.evenly(1_000_000, IDS);

    private MissingRows() {}

    static Chapter chapter() {
        return Chapter.of(
                "6-missing-rows",
                new Step("half of the reads are of products that do not exist", off(), MissingRows::crawled),
                new Step("`NullCaching`", on(), MissingRows::crawled));
    }

    static Plan off() {
        return Plan.shared(HotProduct::cache);
    }

    static Plan on() {
        return Plan.shared(MissingRows::nullsToo);
    }

    static LoadingTieredCache<Long, Product> nullsToo(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .nulls(NullCaching.cachedFor(Duration.ofSeconds(30)))
                .build(database::find);
    }

    static Figures crawled(Shop shop) throws Exception {
        shop.warmUp(200);
        return new Load(shop, Demand.popular(200).and(CRAWLER)).perSecond(600, Duration.ofMillis(1_500));
    }
}
