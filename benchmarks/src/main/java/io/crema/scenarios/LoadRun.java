package io.crema.scenarios;

import io.crema.LoadingTieredCache;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Makes the reads of a {@link Load}, and writes down what came of them. */
final class LoadRun {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Load load;
    private final LoadingTieredCache<String, byte[]> cache;
    private final Counters counters;
    private final String[] keys;
    private final AtomicLong newKeys = new AtomicLong();
    private final List<Maker> makers = new ArrayList<>();

    /** Reads due later are not made. */
    private volatile long endsAt = Long.MAX_VALUE;

    /** What all loads of an instance did. */
    record Counters(LongAdder ended, LongAdder failed) {

        Counters() {
            this(new LongAdder(), new LongAdder());
        }

        Answer.Status status() {
            return new Answer.Status(ended.sum(), failed.sum());
        }
    }

    LoadRun(Load load, LoadingTieredCache<String, byte[]> cache, Counters counters) {
        this.load = load;
        this.cache = cache;
        this.counters = counters;
        keys = Keys.of(load.cache(), load.prefix(), load.keys()).all();
        for (int i = 0; i < load.threads(); i++) {
            makers.add(new Maker(i));
        }
    }

    void begin() {
        makers.forEach(maker -> maker.thread.start());
    }

    /** Ends the load, and waits a while for the reads that are due or under way. */
    History end(long patienceNanos) {
        endsAt = System.nanoTime();
        long limit = endsAt + patienceNanos;
        while (unended() > 0 && limit - System.nanoTime() > 0) {
            LockSupport.parkNanos(MILLI);
        }
        List<History.Numbered> slices = new ArrayList<>();
        for (Maker maker : makers) {
            maker.slices.forEach((number, slice) -> slices.add(new History.Numbered(number, slice.written())));
        }
        return new History(load.beginsAt(), unended(), slices);
    }

    private long unended() {
        return makers.stream().mapToLong(Maker::unended).sum();
    }

    /** One thread. */
    private final class Maker {

        private final int number;
        private final Thread thread;
        private final SplittableRandom random =
                new SplittableRandom(ThreadLocalRandom.current().nextLong());

        private final AtomicLong begun = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();
        private final ConcurrentMap<Integer, Slice> slices = new ConcurrentHashMap<>();
        private @Nullable Slice slice;
        private int sliceNumber = -1;

        Maker(int number) {
            this.number = number;
            thread = new Thread(this::run, "load-" + load.name() + "-" + number);
            thread.setDaemon(true);
        }

        private void run() {
            if (load.style() == Load.Style.CALLERS) {
                call();
            } else {
                makeDueReads();
            }
        }

        private void call() {
            long pause = load.readsPerSecond() == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / load.readsPerSecond());
            parkUntil(load.beginsAt());
            while (System.nanoTime() < endsAt) {
                readAndWait(System.nanoTime());
                if (pause > 0) {
                    parkUntil(System.nanoTime() + pause);
                }
            }
        }

        private void makeDueReads() {
            for (long i = 0; due(i) < endsAt; i++) {
                long due = due(i);
                parkUntil(due);
                if (due >= endsAt) {
                    return;
                } else if (load.style() == Load.Style.ASYNCHRONOUS) {
                    read(due);
                } else {
                    readAndWait(due);
                }
            }
        }

        /** The threads' turns lie between each other. */
        private long due(long read) {
            double pause = TimeUnit.SECONDS.toNanos(1) / load.readsPerSecond() * load.threads();
            return load.beginsAt() + (long) (pause * (read + (double) number / load.threads()));
        }

        /** Reads that are under way, or were due and are not begun. */
        long unended() {
            // In this order, so that none seems to have ended that had not begun.
            long done = ended.get();
            long made = begun.get();
            long late = 0;
            if (load.style() != Load.Style.CALLERS && due(made) < endsAt) {
                late = (long) ((endsAt - due(made)) / (due(made + 1) - (double) due(made))) + 1;
            }
            return made - done + late;
        }

        private void parkUntil(long moment) {
            long left = moment - System.nanoTime();
            while (left > 0 && System.nanoTime() < endsAt) {
                LockSupport.parkNanos(Math.min(left, 50 * MILLI));
                left = moment - System.nanoTime();
            }
        }

        private String key() {
            return keys.length > 0
                    ? keys[random.nextInt(keys.length)]
                    : Keys.key(load.prefix(), newKeys.incrementAndGet());
        }

        private Slice slice(long due) {
            int next = (int) ((due - load.beginsAt()) / History.SLICE_NANOS);
            Slice current = slice;
            if (current == null || next != sliceNumber) {
                current = slices.computeIfAbsent(next, any -> new Slice());
                slice = current;
                sliceNumber = next;
            }
            return current;
        }

        private void readAndWait(long due) {
            Slice into = slice(due);
            String key = key();
            long began = System.nanoTime();
            begin();
            try {
                byte[] value = cache.get(key);
                ended(into, key, due, began, value, null);
            } catch (RuntimeException | Error e) {
                ended(into, key, due, began, null, e);
            }
        }

        private void read(long due) {
            Slice into = slice(due);
            String key = key();
            long began = System.nanoTime();
            begin();
            try {
                cache.async().get(key).whenComplete((value, failure) -> ended(into, key, due, began, value, failure));
            } catch (RuntimeException | Error e) {
                ended(into, key, due, began, null, e);
            }
        }

        private void begin() {
            begun.lazySet(begun.get() + 1);
        }

        private void ended(
                Slice into, String key, long due, long began, byte @Nullable [] value, @Nullable Throwable failure) {
            long now = System.nanoTime();
            if (value != null) {
                long age = now - Value.madeAt(value);
                into.given(now - due, now - began, age, age > load.freshMillis() * MILLI, Value.isOf(key, value));
            } else {
                into.failed(now - due, now - began, kind(failure));
                counters.failed.increment();
            }
            counters.ended.increment();
            ended.incrementAndGet();
        }
    }

    static String kind(@Nullable Throwable failure) {
        if (failure == null) {
            return "null";
        }
        Throwable reason =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return reason.getClass().getSimpleName();
    }
}
