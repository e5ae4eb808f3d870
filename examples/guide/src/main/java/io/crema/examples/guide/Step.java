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
        long a = System.nanoTime(), b, c;
        Figures f;
        try (Shop shop = Shop.open(plan)) {
            b = System.nanoTime();
            f = run.measure(shop);
            c = System.nanoTime();
        }
        System.err.printf(
                "open %d run %d close %d%n", (b - a) / 1000000, (c - b) / 1000000, (System.nanoTime() - c) / 1000000);
        return f;
    }
}
