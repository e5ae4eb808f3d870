package io.crema.examples.guide;

/**
 * One row of the guide.
 *
 * @param name what is tried
 * @param plan how the instances are made
 * @param run what happens to them
 */
record Step(String name, Plan plan, Run run) {

    @FunctionalInterface
    interface Run {

        Figures measure(Shop shop) throws Exception;
    }

    Figures measure() throws Exception {
        try (Shop shop = Shop.open(plan)) {
            return run.measure(shop);
        }
    }
}
