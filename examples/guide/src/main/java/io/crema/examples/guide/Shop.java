package io.crema.examples.guide;

import io.crema.testkit.EmbeddedRedis;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The shop of one step: a database, a Redis if the plan asks for one, three instances. */
final class Shop implements AutoCloseable {

    static final int INSTANCES = 3;

    private final Plan plan;
    private final Database database = new Database();
    private final List<Instance> instances = new CopyOnWriteArrayList<>();

    /** The version of each product whose price was changed, once everybody was told. */
    private final ConcurrentMap<Long, Long> announced = new ConcurrentHashMap<>();

    private @Nullable EmbeddedRedis redis;

    private Shop(Plan plan) {
        this.plan = plan;
    }

    static Shop open(Plan plan) {
        Shop shop = new Shop(plan);
        try {
            IntStream.range(0, INSTANCES).forEach(i -> shop.instances.add(plan.start(shop)));
            return shop;
        } catch (RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    Database database() {
        return database;
    }

    /** The Redis server, started when it is first asked for. */
    EmbeddedRedis redis() {
        if (redis == null) {
            redis = EmbeddedRedis.start();
        }
        return redis;
    }

    Instance instance(int number) {
        return instances.get(number);
    }

    /** A rolling deploy's part: a new instance takes the place of an old one. */
    void replace(int number) {
        Instance old = instances.set(number, plan.start(this));
        old.close();
    }

    /** Every instance has the first {@code count} products, as if all had been loaded at this moment. */
    void warmUp(int count) throws Exception {
        database.slowDown(0);
        askForEach(count);
        database.recover();
    }

    /** Every instance asks for the first {@code count} products, one after the other. */
    void askForEach(int count) throws Exception {
        for (int number = 0; number < INSTANCES; number++) {
            for (long id = 1; id <= count; id++) {
                instance(number).page().show(id);
            }
        }
    }

    /** From now on a page with an older version of this product is wrong. */
    void announce(Product product) {
        announced.merge(product.id(), product.version(), Math::max);
    }

    /** The least version that a page of this product may show. */
    long announced(long id) {
        return Objects.requireNonNull(announced.getOrDefault(id, 0L));
    }

    @Override
    public void close() {
        database.close();
        instances.forEach(Instance::close);
        if (redis != null) {
            redis.close();
        }
    }
}
