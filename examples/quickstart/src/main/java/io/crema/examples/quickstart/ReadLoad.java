package io.crema.examples.quickstart;

import io.crema.testkit.HistoryWriter;
import io.crema.testkit.ReadTier;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** One thread that reads popular rows more often, at a rate, in short bursts. */
final class ReadLoad implements Runnable {

    private static final int BURSTS_PER_SECOND = 200;

    private final CityCache cities;
    private final Popularity popularity;
    private final Random random;
    private final int burst;
    private final Meter meter;
    private final HistoryWriter history;
    private final Complaints complaints;
    private final AtomicBoolean running;

    ReadLoad(
            CityCache cities,
            Popularity popularity,
            long seed,
            int readsPerSecond,
            Meter meter,
            HistoryWriter history,
            Complaints complaints,
            AtomicBoolean running) {
        this.cities = cities;
        this.popularity = popularity;
        random = new Random(seed);
        burst = Math.max(1, readsPerSecond / BURSTS_PER_SECOND);
        this.meter = meter;
        this.history = history;
        this.complaints = complaints;
        this.running = running;
    }

    @Override
    public void run() {
        Pace pace = new Pace(1_000_000_000L / BURSTS_PER_SECOND);
        while (running.get()) {
            for (int i = 0; i < burst; i++) {
                readOne(popularity.read(random));
            }
            pace.await();
        }
    }

    private void readOne(long id) {
        TierProbe probe = cities.probe();
        probe.begin();
        long start = System.nanoTime();
        try {
            Traced found = cities.get(id);
            long end = System.nanoTime();
            ReadTier tier = probe.tier(found, start);
            meter.read(tier, end - start);
            history.read(id, found.city().version(), start, end, tier);
        } catch (RuntimeException e) {
            meter.failed();
            complaints.add("Reading city " + id, e);
        }
    }
}
