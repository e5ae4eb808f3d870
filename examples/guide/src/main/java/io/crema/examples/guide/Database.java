package io.crema.examples.guide;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A database that is simulated: {@value #CONNECTIONS} connections, of which each runs one query at a time, and a query
 * takes 50 ms, whatever it reads. So it answers 400 queries a second and no more. Who gets no connection within a second
 * fails. Thread-safe.
 */
final class Database implements AutoCloseable {

    static final int CONNECTIONS = 20;
    static final int PRODUCTS = 2_000;
    static final int CATEGORIES = 40;

    /** How many products each category has. */
    static final int CATEGORY = PRODUCTS / CATEGORIES;

    private static final long QUERY_MILLIS = 50;
    private static final long POOL_MILLIS = 1_000;
    private static final String DESCRIPTION = "Turned from one piece of oak, oiled by hand. ".repeat(45);

    private final Semaphore connections = new Semaphore(CONNECTIONS, true);
    private final Map<Long, Long> versions = new ConcurrentHashMap<>();
    private final LongAdder queries = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicInteger mostCallers = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long queryMillis = QUERY_MILLIS;
    private volatile boolean down;

    // What it is asked

    /** One row by its id; null if there is none. */
    @Nullable
    Product find(long id) throws InterruptedException {
        return query(() -> Optional.ofNullable(sent(row(id)))).orElse(null);
    }

    /** Rows by their ids, in one query. */
    Map<Long, Product> findAll(Set<Long> ids) throws InterruptedException {
        return query(() -> {
            Map<Long, Product> found = new LinkedHashMap<>();
            for (long id : ids) {
                Product row = sent(row(id));
                if (row != null) {
                    found.put(id, row);
                }
            }
            return found;
        });
    }

    /** The row if it is newer than that version; empty if it is not, and then its text is not sent. */
    Optional<Product> findNewer(long id, long version) throws InterruptedException {
        return query(() -> {
            Product row = row(id);
            return row == null || row.version() <= version ? Optional.empty() : Optional.ofNullable(sent(row));
        });
    }

    /** Changes the price of a product; returns the row as it is now. */
    Product changePrice(long id) {
        versions.merge(id, 1L, Long::sum);
        Product row = row(id);
        if (row == null) {
            throw new IllegalArgumentException("There is no product " + id);
        }
        return row;
    }

    private @Nullable Product sent(@Nullable Product row) {
        if (row != null) {
            bytes.add(row.bytes());
        }
        return row;
    }

    private @Nullable Product row(long id) {
        if (id < 1 || id > PRODUCTS) {
            return null;
        }
        long version = 1 + versions.getOrDefault(id, 0L);
        return new Product(id, "Lamp " + id, DESCRIPTION, (int) ((id - 1) / CATEGORY), 1_000 + id + version, version);
    }

    @FunctionalInterface
    private interface Query<R> {

        R run();
    }

    private <R> R query(Query<R> query) throws InterruptedException {
        queries.increment();
        mostCallers.accumulateAndGet(callers.incrementAndGet(), Math::max);
        try {
            if (down) {
                refused.increment();
                throw new DatabaseException("connection refused");
            }
            if (!connections.tryAcquire(POOL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new DatabaseException("no connection became free within " + POOL_MILLIS + " ms");
            }
            try {
                passTime();
                return query.run();
            } finally {
                connections.release();
            }
        } finally {
            callers.decrementAndGet();
        }
    }

    /** A query that runs when the database becomes faster or slower does so too. */
    private void passTime() throws InterruptedException {
        long began = System.nanoTime();
        lock.lockInterruptibly();
        try {
            long left = left(began);
            while (left > 0) {
                long woken = changed.awaitNanos(left);
                left = Math.min(woken, left(began));
            }
        } finally {
            lock.unlock();
        }
    }

    private long left(long began) {
        if (down) {
            throw new DatabaseException("connection reset");
        }
        return TimeUnit.MILLISECONDS.toNanos(queryMillis) - (System.nanoTime() - began);
    }

    // What happens to it

    /** As at the beginning: there, and each query takes its 50 ms. */
    void recover() {
        become(QUERY_MILLIS, false);
    }

    /** Each query takes that long. */
    void slowDown(long millis) {
        become(millis, false);
    }

    /** No query is answered any more, and none is refused. */
    void hang() {
        become(TimeUnit.HOURS.toMillis(1), false);
    }

    /** Every query is refused at once. */
    void goDown() {
        become(QUERY_MILLIS, true);
    }

    private void become(long millis, boolean isDown) {
        lock.lock();
        try {
            queryMillis = millis;
            down = isDown;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends what still runs. */
    @Override
    public void close() {
        goDown();
    }

    // What is known about it

    /** Forgets what has been counted so far. */
    void countFromNow() {
        queries.reset();
        refused.reset();
        bytes.reset();
        mostCallers.set(callers.get());
    }

    /** Queries begun, also those that were refused. */
    long queries() {
        return queries.sum();
    }

    /** Queries that were refused because it was down. */
    long refused() {
        return refused.sum();
    }

    /** Bytes of all rows that were sent. */
    long bytes() {
        return bytes.sum();
    }

    /** The most callers that it had at a time, running or waiting for a connection. */
    int mostCallers() {
        return mostCallers.get();
    }
}
