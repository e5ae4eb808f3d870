package io.crema.benchmarks;

import io.crema.policy.WritePolicy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.redisson.api.map.WriteMode;

/**
 * How many writes a second reach the database: those that threads have called for during a time, one after the other, by the
 * time from the first call until the database has the last row; so who only queues gains nothing. Each is of another key, so
 * that none stands for another. No more than {@link Store#BOUND} wait at any moment, else the callers do. One thread calls no
 * faster than a call takes, and what is behind it has little to do.
 */
final class WriteRate {

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private WriteRate() {}

    /** Each write is of another key. */
    abstract static class Distinct implements Probe {

        abstract Store open(Rows rows);

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) throws Exception {
            byte[] value = Workload.value(L2Hit.VALUE_BYTES);
            try (Rows rows = new Rows();
                    Store store = open(rows)) {
                Turns turns = new Turns(threads, (thread, number) -> {
                    String key = key(thread, number);
                    Server.insist(() -> store.put(key, value));
                });
                long warm = turns.during(WARM_UP).count();
                await(() -> rows.sent() >= warm && rows.count() == warm);
                Turns.Taken taken = turns.during(measured(time));
                long all = warm + taken.count();
                // A call that was repeated may have been sent twice.
                await(() -> rows.sent() >= all && rows.count() == all);
                Map<Figure, Double> figures = taken.latency();
                figures.put(Figure.RATE, taken.rate(taken.count(), rows.lastSent()));
                return figures;
            }
        }
    }

    static final class Through extends Distinct {

        @Override
        Store open(Rows rows) {
            return new Store.OfCrema(WritePolicy.through(), rows);
        }
    }

    static final class Behind extends Distinct {

        @Override
        Store open(Rows rows) {
            return new Store.OfCrema(Store.BEHIND, rows);
        }
    }

    static final class RedissonBehind extends Distinct {

        @Override
        Store open(Rows rows) {
            return new Bounded(new Store.OfRedisson(WriteMode.WRITE_BEHIND, rows), rows);
        }
    }

    /** A bound for a queue that has none. */
    private static final class Bounded implements Store {

        private static final long PAUSE_NANOS = 1_000_000;

        private final Store store;
        private final Rows rows;
        private final LongAdder called = new LongAdder();

        Bounded(Store store, Rows rows) {
            this.store = store;
            this.rows = rows;
        }

        @Override
        public void put(String key, byte[] value) {
            while (called.sum() - rows.sent() >= BOUND) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            called.increment();
            store.put(key, value);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** Batches by JDBC alone, as many at a time as there are flushers: what the database takes. */
    static final class JdbcBatches implements Probe {

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) throws Exception {
            byte[] value = Workload.value(L2Hit.VALUE_BYTES);
            try (Rows rows = new Rows()) {
                Turns turns = new Turns(Store.FLUSHERS, (thread, number) -> {
                    Map<String, byte[]> batch = new LinkedHashMap<>();
                    for (int i = 0; i < Store.BATCH; i++) {
                        batch.put(key(thread, (long) number * Store.BATCH + i), value);
                    }
                    rows.inOrder().write(batch);
                });
                turns.during(WARM_UP);
                Turns.Taken taken = turns.during(measured(time));
                Map<Figure, Double> figures = new EnumMap<>(Figure.class);
                figures.put(Figure.RATE, taken.rate((double) taken.count() * Store.BATCH, rows.lastSent()));
                return figures;
            }
        }
    }

    /** Popular keys come more often, so that one row may stand for many writes. */
    static final class BehindZipf implements Probe {

        private static final int KEYS = 1 << 12;

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) throws Exception {
            Latest latest = new Latest(threads, Workload.zipf(KEYS));
            try (Rows rows = new Rows(latest::committed);
                    Store store = new Store.OfCrema(Store.BEHIND, rows)) {
                Turns turns = new Turns(threads, (thread, number) -> {
                    String key = latest.key(thread, number);
                    byte[] value = latest.value(thread, key, number);
                    Server.insist(() -> store.put(key, value));
                });
                turns.during(WARM_UP);
                await(latest::areAllCommitted);
                long before = rows.sent();
                Turns.Taken taken = turns.during(measured(time));
                await(latest::areAllCommitted);
                Map<Figure, Double> figures = taken.latency();
                figures.put(Figure.RATE, taken.rate(taken.count(), rows.lastSent()));
                figures.put(Figure.ROWS, (double) (rows.sent() - before) / taken.count());
                return figures;
            }
        }
    }

    private static String key(int thread, long number) {
        return "product:" + thread + ':' + number;
    }

    /** Less than others take, for until the last row it is longer. */
    private static Duration measured(Duration time) {
        return time.multipliedBy(2).dividedBy(5);
    }

    private static void await(BooleanSupplier done) {
        Server.await("the last row", LIMIT, done);
    }
}
