package io.crema.benchmarks;

import io.crema.policy.WritePolicy;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.api.map.WriteMode;

/**
 * How long a call of put takes, by what becomes of the row in a database; each key is as likely as any other. What is written
 * behind the caller is not waited for, but made on the same machine meanwhile: at most one row a key and second, for of the
 * writes of a key that wait only the last is made. How many rows a second arrive is measured by {@link WriteRate}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriteCalls {

    @Benchmark
    public void none(None state) {
        state.put();
    }

    @Benchmark
    public void through(Through state) {
        state.put();
    }

    @Benchmark
    public void around(Around state) {
        state.put();
    }

    @Benchmark
    public void behind(Behind state) {
        state.put();
    }

    @Benchmark
    public void redissonThrough(RedissonThrough state) {
        state.put();
    }

    @Benchmark
    public void redissonBehind(RedissonBehind state) {
        state.put();
    }

    /** Values of one store. */
    @State(Scope.Benchmark)
    public abstract static class Values {

        /** A power of two, so that every key is as likely. */
        private static final int KEYS = 1 << 12;

        private final String[] keys = Workload.keys(KEYS);
        private final byte[] value = Workload.value(L2Hit.VALUE_BYTES);
        private final Rows rows = new Rows();
        private final Store store;

        Values(Function<Rows, Store> store) {
            this.store = store.apply(rows);
        }

        final void put() {
            store.put(keys[ThreadLocalRandom.current().nextInt(KEYS)], value);
        }

        @TearDown
        public void close() {
            store.close();
            rows.close();
        }
    }

    /** No database is told. */
    public static class None extends Values {

        public None() {
            super(rows -> new Store.OfCrema(null, rows));
        }
    }

    /** The database, then the cache. */
    public static class Through extends Values {

        public Through() {
            super(rows -> new Store.OfCrema(WritePolicy.through(), rows));
        }
    }

    /** The database; the cache forgets. */
    public static class Around extends Values {

        public Around() {
            super(rows -> new Store.OfCrema(WritePolicy.around(), rows));
        }
    }

    /** The cache and its journal; the database later. */
    public static class Behind extends Values {

        public Behind() {
            super(rows -> new Store.OfCrema(Store.BEHIND, rows));
        }
    }

    /** The other library's map, and the database. */
    public static class RedissonThrough extends Values {

        public RedissonThrough() {
            super(rows -> new Store.OfRedisson(WriteMode.WRITE_THROUGH, rows));
        }
    }

    /** The other library's map, and the database later; its queue has no bound. */
    public static class RedissonBehind extends Values {

        public RedissonBehind() {
            super(rows -> new Store.OfRedisson(WriteMode.WRITE_BEHIND, rows));
        }
    }
}
