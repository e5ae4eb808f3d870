package io.crema.examples.guide;

import io.crema.CacheBuilder;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Fifty products on one page. */
final class CategoryPage {

    private CategoryPage() {}

    static Chapter chapter() {
        return Chapter.of(
                "8-category-page",
                new Step("50 products, one `get` after the other", oneByOne(), CategoryPage::pages),
                new Step("50 products, `getAll` with a bulk loader", together(), CategoryPage::pages));
    }

    static Plan oneByOne() {
        return Plan.shared(HotProduct::cache).page((products, database) -> category -> {
            List<Product> shown = ids(category).stream().map(products::get).toList();
            return shown.get(0);
        });
    }

    static Plan together() {
        return Plan.shared(CategoryPage::inBulk).page((products, database) -> category -> {
            Map<Long, Product> shown = products.getAll(ids(category));
            return shown.values().iterator().next();
        });
    }

    static LoadingTieredCache<Long, Product> inBulk(CacheBuilder<Long, Product> cache, Database database) {
        return cache.expiration(Expiration.fresh(Duration.ofMinutes(5)))
                .bulkLoader(database::findAll)
                .build(database::find);
    }

    private static List<Long> ids(long category) {
        long first = 1 + category * Database.CATEGORY;
        return LongStream.range(first, first + Database.CATEGORY).boxed().toList();
    }

    static Figures pages(Shop shop) throws Exception {
        return new Load(shop, Demand.evenly(0, 10)).perSecond(40, Duration.ofSeconds(1));
    }
}
