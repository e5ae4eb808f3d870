package io.crema.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.examples.readme.ProductService.Product;
import io.crema.examples.readme.ProductService.ProductTable;
import org.junit.jupiter.api.Test;

/** The policies of the README go together. */
class GuardedProductsTest {

    @Test
    void open_policiesOfTheReadme_buildsACacheThatLoads() {
        Product espresso = new Product(1, "espresso", 240);
        ProductTable table = new ProductTable() {
            @Override
            public Product find(long id) {
                return espresso;
            }

            @Override
            public void update(Product product) {
                throw new UnsupportedOperationException("Nothing is changed here.");
            }
        };
        try (Crema crema = Crema.builder().build()) {
            LoadingTieredCache<Long, Product> products = GuardedProducts.open(crema, table);
            assertThat(products.get(1L)).isEqualTo(espresso);
        }
    }
}
