package io.crema.scenarios;

import io.crema.LoadingTieredCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        makers.forEach(maker -> slices.addAll(maker.written()));
        return new History(load.beginsAt(), unended(), slices);
    }

    /**
     * Packs what is complete. Left as it is, the histograms of a minute would be most of what a collection of garbage has to
     * move, and its pauses would be those of this book-keeping.
     */
    void pack() {
        makers.forEach(Maker::pack);
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

        /** Guarded by this. */
        private final List<History.Numbered> packed = new ArrayList<>();

        private @Nullable Slice slice;
        private int sliceNumber = -1;
        private final Took.Queue queue = new Took.Queue();

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

        synchronized List<History.Numbered> written() {
            List<History.Numbered> all = new ArrayList<>(packed);
            slices.forEach((number, open) -> all.add(new History.Numbered(number, open.written())));
            return all;
        }

        /** Slices before the last two; reads that wait for none may end in any. */
        synchronized void pack() {
            int last =
                    slices.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
            if (load.style() != Load.Style.ASYNCHRONOUS) {
                slices.keySet().stream()
                        .filter(number -> number < last - 1)
                        .forEach(number -> packed.add(new History.Numbered(
                                number,
                                Objects.requireNonNull(slices.remove(number)).written())));
            }
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
                ended(into, key, queue.next(due, began, System.nanoTime()), value, null);
            } catch (RuntimeException | Error e) {
                ended(into, key, queue.next(due, began, System.nanoTime()), null, e);
            }
        }

        private void read(long due) {
            Slice into = slice(due);
            String key = key();
            long began = System.nanoTime();
            begin();
            try {
                cache.async()
                        .get(key)
                        .whenComplete((value, failure) -> ended(into, key, alone(due, began), value, failure));
            } catch (RuntimeException | Error e) {
                ended(into, key, alone(due, began), null, e);
            }
        }

        /** No read waits for another one. */
        private static Took alone(long due, long began) {
            long now = System.nanoTime();
            return new Took(now - due, now - began, now - began);
        }

        private void begin() {
            begun.lazySet(begun.get() + 1);
        }

        private void ended(Slice into, String key, Took took, byte @Nullable [] value, @Nullable Throwable failure) {
            if (value != null) {
                long age = System.nanoTime() - Value.madeAt(value);
                into.given(took, age, age > load.freshMillis() * MILLI, Value.isOf(key, value));
            } else {
                into.failed(took, kind(failure));
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
