package io.crema.coherence;

import io.crema.coherence.Subject.Feature;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One thread that reads popular keys more often, at a rate, in short bursts; one read in 500 asks for what is newest. */
final class ReadLoad implements Runnable {

    /** Each is a wake-up of a thread; fewer would make bursts of more than some dozen reads. */
    private static final int BURSTS_PER_SECOND = 50;

    private static final int LATEST_ONE_IN = 500;

    private final RecordedReads reads;
    private final List<Key> keys;
    private final Zipf zipf;
    private final SplittableRandom random;
    private final int readsPerSecond;
    private final boolean asksForLatest;
    private final BooleanSupplier running;

    ReadLoad(
            RecordedReads reads,
            List<Key> keys,
            Zipf zipf,
            SplittableRandom random,
            int readsPerSecond,
            Set<Feature> features,
            BooleanSupplier running) {
        this.reads = reads;
        this.keys = keys;
        this.zipf = zipf;
        this.random = random;
        this.readsPerSecond = readsPerSecond;
        asksForLatest = features.contains(Feature.READ_LATEST);
        this.running = running;
    }

    @Override
    public void run() {
        int burst = Math.max(1, readsPerSecond / BURSTS_PER_SECOND);
        long period = TimeUnit.SECONDS.toNanos(1) * burst / readsPerSecond;
        // The threads of an instance take turns.
        Beat beat = new Beat(period, System.nanoTime() + random.nextLong(period));
        while (running.getAsBoolean()) {
            beat.awaitTurn();
            for (int i = 0; i < burst && running.getAsBoolean(); i++) {
                readOne();
            }
        }
    }

    private void readOne() {
        Key key = keys.get(zipf.draw(random));
        if (asksForLatest && random.nextInt(LATEST_ONE_IN) == 0) {
            reads.readLatest(key);
        } else {
            reads.read(key);
        }
    }
}
