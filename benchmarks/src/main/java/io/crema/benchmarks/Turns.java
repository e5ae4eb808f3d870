package io.crema.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that call something, each one call after the other. */
final class Turns {

    /** What is called. */
    interface Call {

        /** @param number of the thread's calls, from 0 on, those of earlier times included */
        void run(int thread, int number) throws Exception;
    }

    private final Call call;
    private final int[] numbers;

    Turns(int threads, Call call) {
        this.call = call;
        this.numbers = new int[threads];
    }

    /**
     * Calls that have ended.
     *
     * @param began before the first; {@link System#nanoTime()}
     */
    record Taken(long began, Collection<Percentiles> latencies) {

        int count() {
            return latencies.stream().mapToInt(Percentiles::count).sum();
        }

        /** So many things by the time until a moment; a second. */
        double rate(double things, long end) {
            return things * TimeUnit.SECONDS.toNanos(1) / (end - began);
        }

        /** How long the calls took. */
        Map<Figure, Double> latency() {
            Percentiles all = new Percentiles();
            latencies.forEach(all::addAll);
            return all.figures();
        }
    }

    /** Goes on calling for a while, each thread once at least; ends when the last call has. Fails as the first one that did. */
    Taken during(Duration time) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(numbers.length);
        try {
            CountDownLatch ready = new CountDownLatch(numbers.length);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Percentiles>> running = new ArrayList<>();
            for (int thread = 0; thread < numbers.length; thread++) {
                running.add(threads.submit(calls(thread, time, ready, go)));
            }
            ready.await();
            long began = System.nanoTime();
            go.countDown();
            List<Percentiles> latencies = new ArrayList<>();
            for (Future<Percentiles> one : running) {
                latencies.add(one.get());
            }
            return new Taken(began, latencies);
        } finally {
            threads.shutdownNow();
        }
    }

    private Callable<Percentiles> calls(int thread, Duration time, CountDownLatch ready, CountDownLatch go) {
        return () -> {
            Percentiles latencies = new Percentiles();
            ready.countDown();
            go.await();
            long end = System.nanoTime() + time.toNanos();
            long before = System.nanoTime();
            do {
                call.run(thread, numbers[thread]++);
                long after = System.nanoTime();
                latencies.add(after - before);
                before = after;
            } while (before - end < 0);
            return latencies;
        };
    }
}
