package io.crema.examples.quickstart;

import io.crema.testkit.HistoryWriter;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that updates rows at a rate: commits to the origin, then invalidates. An invalidation that fails, as all do
 * while Redis is away, is kept and tried again by a second thread until it succeeds; only then does the bound on
 * staleness begin to count.
 */
final class UpdateLoad {

    private static final long REPAY_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final CityCache cities;
    private final CityTable table;
    private final Popularity popularity;
    private final Random random;
    private final int updatesPerSecond;
    private final Meter meter;
    private final HistoryWriter history;
    private final Complaints complaints;
    private final AtomicBoolean running;

    /** Keys whose invalidation is owed, the oldest debt first, each with the newest version committed. */
    private final Map<Long, Long> owed = new LinkedHashMap<>();

    UpdateLoad(
            CityCache cities,
            CityTable table,
            Popularity popularity,
            long seed,
            int updatesPerSecond,
            Meter meter,
            HistoryWriter history,
            Complaints complaints,
            AtomicBoolean running) {
        this.cities = cities;
        this.table = table;
        this.popularity = popularity;
        random = new Random(seed);
        this.updatesPerSecond = updatesPerSecond;
        this.meter = meter;
        this.history = history;
        this.complaints = complaints;
        this.running = running;
    }

    /** Updates as long as the instance runs. */
    void update() {
        Pace pace = new Pace(TimeUnit.SECONDS.toNanos(1) / updatesPerSecond);
        while (running.get()) {
            updateOne(popularity.update(random));
            pace.await();
        }
    }

    private void updateOne(long id) {
        try {
            long start = System.nanoTime();
            long version = table.addVisitor(id);
            history.written(id, version, start, System.nanoTime());
            meter.updated();
            if (!invalidate(id, version)) {
                owe(id, version);
            }
        } catch (SQLException | RuntimeException e) {
            meter.failed();
            complaints.add("Updating city " + id, e);
        }
    }

    private boolean invalidate(long id, long version) {
        long start = System.nanoTime();
        if (!cities.invalidate(id)) {
            return false;
        }
        history.invalidated(id, version, start, System.nanoTime());
        // What is acknowledged must be in the history even if this process is killed next.
        history.flush();
        return true;
    }

    private synchronized void owe(long id, long version) {
        owed.merge(id, version, Math::max);
    }

    /** How many keys wait for their invalidation. */
    synchronized int owed() {
        return owed.size();
    }

    /** Pays debts as long as the instance runs and, after that, until there are none or the limit is over. */
    void repay() {
        long stopped = 0;
        while (true) {
            if (!repayOne()) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
            if (!running.get()) {
                stopped = stopped == 0 ? System.nanoTime() : stopped;
                if (owed() == 0 || System.nanoTime() - stopped > REPAY_LIMIT_NANOS) {
                    return;
                }
            }
        }
    }

    /** Tries the oldest debt. Returns whether one was paid. */
    private boolean repayOne() {
        long id;
        long version;
        synchronized (this) {
            Iterator<Map.Entry<Long, Long>> entries = owed.entrySet().iterator();
            if (!entries.hasNext()) {
                return false;
            }
            Map.Entry<Long, Long> oldest = entries.next();
            id = oldest.getKey();
            version = oldest.getValue();
        }
        if (!invalidate(id, version)) {
            return false;
        }
        synchronized (this) {
            owed.remove(id, version);
        }
        return true;
    }
}
