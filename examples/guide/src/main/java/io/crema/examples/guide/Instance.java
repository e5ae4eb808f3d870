package io.crema.examples.guide;

import io.crema.Crema;
import io.crema.LoadingTieredCache;

/** One instance of the service. */
record Instance(Crema crema, LoadingTieredCache<Long, Product> products, ProductPage page) implements AutoCloseable {

    @Override
    public void close() {
        crema.close();
    }
}
