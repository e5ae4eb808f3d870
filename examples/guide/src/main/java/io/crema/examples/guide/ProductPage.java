package io.crema.examples.guide;

import org.jspecify.annotations.Nullable;

/** What the shop does for each request: the product of an id, null if there is none. */
@FunctionalInterface
interface ProductPage {

    @Nullable
    Product show(long id) throws Exception;
}
