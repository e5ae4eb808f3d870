package io.crema.scenarios;

import io.crema.TieredCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Makes the {@link Writes} of an instance. */
final class WriteRun {

    /** How late a write may be before those that follow it are put off. */
    private static final long LATEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Writes writes;
    private final TieredCache<String, byte[]> cache;
    private final List<Writer> writers = new ArrayList<>();
    private final LongAdder acknowledged = new LongAdder();
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private volatile boolean ended;

    WriteRun(Writes writes, TieredCache<String, byte[]> cache) {
        this.writes = writes;
        this.cache = cache;
        double each = writes.hotPerSecond() / writes.threads();
        for (int i = 0; i < writes.threads(); i++) {
            writers.add(new Writer(writes.writer(i), List.of(Writes.HOT), each, acknowledged));
        }
        List<String> others = new ArrayList<>();
        for (int i = 0; i < writes.keys(); i++) {
            others.add(writes.key(i));
        }
        writers.add(new Writer(writes.writer(writes.threads()), others, writes.otherPerSecond(), new LongAdder()));
    }

    void begin() {
        writers.forEach(writer -> writer.thread.start());
    }

    /** Writes of the hot key. */
    long acknowledged() {
        return acknowledged.sum();
    }

    /** Of any key, by what they say. */
    Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    /** Ends all writers; the last write of each key and thread. */
    List<Writes.Last> end() throws InterruptedException {
        ended = true;
        List<Writes.Last> last = new ArrayList<>();
        for (Writer writer : writers) {
            writer.thread.join();
            last.addAll(writer.last);
        }
        return last;
    }

    /** A thread that writes its keys in turn. */
    private final class Writer {

        private final int number;
        private final List<String> keys;
        private final long pauseNanos;
        private final LongAdder count;
        private final Thread thread = new Thread(this::run);

        /** By key; read by others once the thread has ended. */
        private final List<Writes.Last> last = new ArrayList<>();

        Writer(int number, List<String> keys, double perSecond, LongAdder count) {
            this.number = number;
            this.keys = keys;
            this.pauseNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
            this.count = count;
            keys.forEach(key -> last.add(new Writes.Last(key, number, 0, 0, 0)));
            thread.setName("writer-" + number);
            thread.setDaemon(true);
        }

        private void run() {
            // Not all at the same moment.
            long first = writes.beginsAt() + pauseNanos * (number % 1_000) / (writes.threads() + 1);
            for (long n = 0; !ended; n++) {
                long left = first + n * pauseNanos - System.nanoTime();
                if (left > 0) {
                    LockSupport.parkNanos(left);
                } else if (left < -LATEST_NANOS) {
                    // While the JVM warms up, above all. What was not made is missed in the rate.
                    first -= left;
                }
                int index = (int) (n % keys.size());
                last.set(index, write(keys.get(index), n / keys.size() + 1, last.get(index)));
            }
        }

        private Writes.Last write(String key, long sequence, Writes.Last before) {
            long begun = System.nanoTime();
            try {
                cache.put(key, new Update(number, sequence, begun).bytes());
                count.increment();
                return new Writes.Last(key, number, sequence, begun, System.nanoTime());
            } catch (RuntimeException e) {
                failures.merge(String.valueOf(e.getMessage()), 1L, Long::sum);
                return before;
            }
        }
    }
}
