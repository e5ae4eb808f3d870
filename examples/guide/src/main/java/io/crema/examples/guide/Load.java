package io.crema.examples.guide;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Requests that come at a rate, whether or not those before are answered, to the three instances in turn. Each instance has
 * {@value #THREADS} threads for them, as a servlet container has. The same seed gives the same requests.
 */
final class Load {

    private static final int THREADS = 200;
    private static final long SEED = 20_260_101;
    private static final long TAIL_SECONDS = 20;

    private static final List<ExecutorService> WORKERS = List.of(workers(), workers(), workers());

    private final Shop shop;
    private final Demand demand;
    private final Deque<Incident> incidents = new ArrayDeque<>();

    private record Incident(long afterNanos, Happening happening) {}

    /** What happens during a run. */
    @FunctionalInterface
    interface Happening {

        void happen() throws Exception;
    }

    Load(Shop shop, Demand demand) {
        this.shop = shop;
        this.demand = demand;
    }

    private static ExecutorService workers() {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Load::daemon);
        workers.prestartAllCoreThreads();
        return workers;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "shop");
        thread.setDaemon(true);
        return thread;
    }

    /** Lets something happen that long after the beginning; in the order in which they are given. */
    Load at(Duration after, Happening happening) {
        incidents.add(new Incident(after.toNanos(), happening));
        return this;
    }

    /** That many requests at the same moment. */
    Figures burst(int requests) throws Exception {
        return run(requests, 0);
    }

    /** Requests at a rate for a time. */
    Figures perSecond(int rate, Duration time) throws Exception {
        return run((int) (rate * time.toMillis() / 1_000), 1_000_000_000L / rate);
    }

    private Figures run(int requests, long periodNanos) throws Exception {
        Random random = new Random(SEED);
        long[] latencies = new long[requests];
        LongAdder oldPrices = new LongAdder();
        CountDownLatch open = new CountDownLatch(requests);
        Database database = shop.database();
        database.countFromNow();
        ExecutorService director = Executors.newSingleThreadExecutor(Load::daemon);
        List<Future<?>> happened = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                long due = begin + i * periodNanos;
                awaitMoment(due);
                begin(begin, director, happened);
                int number = i;
                int instance = i % Shop.INSTANCES;
                long id = demand.next(random);
                WORKERS.get(instance).execute(() -> {
                    latencies[number] = answer(instance, id, due, oldPrices);
                    open.countDown();
                });
            }
            if (!open.await(TAIL_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(open.getCount() + " requests are still open");
            }
            for (Future<?> each : happened) {
                each.get();
            }
        } finally {
            director.shutdownNow();
        }
        Latencies answered = Latencies.of(latencies);
        return new Figures(
                answered,
                requests - answered.count(),
                oldPrices.sum(),
                database.queries(),
                database.refused(),
                database.mostCallers(),
                database.bytes(),
                "");
    }

    private static void awaitMoment(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void begin(long begin, ExecutorService director, List<Future<?>> happened) {
        @Nullable Incident next = incidents.peek();
        while (next != null && System.nanoTime() - begin >= next.afterNanos()) {
            Happening happening = incidents.remove().happening();
            happened.add(director.submit(() -> {
                happening.happen();
                return null;
            }));
            next = incidents.peek();
        }
    }

    /** Returns how long the answer took, -1 if there was none. */
    private long answer(int instance, long id, long due, LongAdder oldPrices) {
        try {
            long least = shop.announced(id);
            Product product = shop.instance(instance).page().show(id);
            long took = System.nanoTime() - due;
            if (product != null && product.version() < least) {
                oldPrices.increment();
            }
            return took;
        } catch (Exception e) {
            return -1;
        }
    }
}
