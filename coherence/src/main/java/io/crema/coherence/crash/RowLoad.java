package io.crema.coherence.crash;

import io.crema.CacheException;
import io.crema.LoadingTieredCache;
import io.crema.coherence.crash.NotingRemote.Sent;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * What the threads of an instance do: puts and deletes of keys that all instances share, each with a value of its own, and
 * reads. Thread-safe.
 */
final class RowLoad {

    /** So many keys get half of the writes. */
    private static final int HOT = 20;

    private static final double DELETES = 0.2;
    private static final double READS_AFTER = 0.3;

    private final int process;
    private final LoadingTieredCache<Integer, Long> cache;
    private final NotingRemote remote;
    private final WriteLog log;
    private final Loads loads;
    private final AtomicLong sequences = new AtomicLong();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Set<Integer> taken = ConcurrentHashMap.newKeySet();

    /** Of the last write of each key that was acknowledged here. */
    private final Map<Integer, Long> ids = new ConcurrentHashMap<>();

    private final long begunMillis;
    private volatile boolean paused;
    private volatile boolean ended;

    final LongAdder acknowledged = new LongAdder();
    final LongAdder doubtful = new LongAdder();
    final LongAdder reads = new LongAdder();

    RowLoad(CrashSpec spec, LoadingTieredCache<Integer, Long> cache, NotingRemote remote, WriteLog log, Loads loads) {
        this.process = spec.process();
        this.begunMillis = spec.begunMillis();
        this.cache = cache;
        this.remote = remote;
        this.log = log;
        this.loads = loads;
    }

    /** Writes at a rate until the end; what cannot be done in time is left out. */
    Runnable writer(long seed, int perSecond) {
        Random random = new Random(seed);
        return () -> atRate(perSecond, () -> write(random));
    }

    Runnable reader(long seed, int perSecond) {
        Random random = new Random(seed);
        return () -> atRate(perSecond, () -> read(any(random)));
    }

    private void atRate(int perSecond, Runnable turn) {
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long next = System.nanoTime();
        while (!ended) {
            if (!paused) {
                turn.run();
            }
            next = Math.max(next + period, System.nanoTime() - period);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private int any(Random random) {
        return Settled.firstKey(begunMillis) + random.nextInt(random.nextBoolean() ? HOT : Settled.KEYS);
    }

    private void write(Random random) {
        int key = any(random);
        // One write of a key at a time in this process, so that the ids that come are known to be its.
        if (taken.add(key)) {
            underWay.incrementAndGet();
            try {
                write(key, random.nextDouble() < DELETES);
                if (random.nextDouble() < READS_AFTER) {
                    readAfter(key);
                }
            } finally {
                taken.remove(key);
                underWay.decrementAndGet();
            }
        }
    }

    private void write(int key, boolean isDelete) {
        long sequence = sequences.incrementAndGet();
        AtomicLong given = new AtomicLong();
        Sent sent = remote.begin(key, id -> {
            log.id(sequence, id);
            given.set(id);
        });
        log.begin(sequence, key, isDelete);
        try {
            if (isDelete) {
                cache.delete(key);
            } else {
                cache.put(key, Settled.value(process, sequence));
            }
            log.acknowledged(sequence);
            acknowledged.increment();
            ids.put(key, given.get());
        } catch (CacheException e) {
            if (sent.isSent()) {
                log.doubtful(sequence);
            } else {
                log.notSent(sequence);
            }
            doubtful.increment();
        } finally {
            remote.end(key);
        }
    }

    /** Reads a key that nobody else in this process writes meanwhile. */
    private void readAfter(int key) {
        Long written = ids.get(key);
        if (written == null) {
            return;
        }
        long began = System.nanoTime();
        try {
            Long value = cache.get(key);
            log.read(key, written, value, loads.mayHaveGiven(key, began));
            reads.increment();
        } catch (RuntimeException e) {
            // Neither Redis nor the database answers.
            return;
        }
    }

    private void read(int key) {
        try {
            Long unused = cache.get(key);
            reads.increment();
        } catch (RuntimeException e) {
            // Neither Redis nor the database answers.
            return;
        }
    }

    /** Begins no more writes and reads. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    void end() {
        ended = true;
    }

    /** How many writes have begun and not ended. */
    int underWay() {
        return underWay.get();
    }

    /** Notes what the cache has of every key that there has been. */
    long readAll() {
        int end = Settled.firstKey(begunMillis) + Settled.KEYS;
        for (int first = 0; first < end; first += Settled.KEYS) {
            List<Integer> keys =
                    IntStream.range(first, first + Settled.KEYS).boxed().toList();
            Map<Integer, Long> values = cache.getAll(keys);
            keys.forEach(key -> log.last(key, values.get(key)));
        }
        return end;
    }
}
