package io.crema.coherence.crash;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.coherence.Console;
import io.crema.coherence.Order;
import io.crema.coherence.Report;
import io.crema.policy.NullCaching;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The main class of a service instance that writes behind; it may die at any time. */
final class CrashInstance {

    private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int WRITERS = 4;
    private static final int READERS = 2;
    private static final int READS_PER_SECOND = 100;

    private final Console console;
    private final Rows rows;
    private final RowLoad load;
    private final List<Thread> threads = new ArrayList<>();

    private CrashInstance(CrashSpec spec, Console console, Rows rows, RowLoad load) {
        this.console = console;
        this.rows = rows;
        this.load = load;
        SplittableRandom random = new SplittableRandom(spec.seed());
        for (int i = 0; i < WRITERS; i++) {
            threads.add(new Thread(
                    load.writer(random.nextLong(), Math.max(1, spec.writesPerSecond() / WRITERS)), "writer-" + i));
        }
        for (int i = 0; i < READERS; i++) {
            threads.add(new Thread(load.reader(random.nextLong(), READS_PER_SECOND / READERS), "reader-" + i));
        }
        threads.add(new Thread(this::report, "reporter"));
        threads.forEach(thread -> thread.setDaemon(true));
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Console console = Console.open();
        CrashSpec spec = CrashSpec.parse(List.of(arguments));
        try (WriteLog log = WriteLog.create(spec.writes());
                Rows rows = Rows.open(spec.database(), log, spec.seed());
                NotingRemote remote = new NotingRemote(RedisRemote.builder(spec.redis())
                        .namespace(Settled.NAMESPACE)
                        .build());
                Crema crema =
                        Crema.builder().remote(remote).nodeName(spec.name()).build()) {
            Loads loads = new Loads();
            LoadingTieredCache<Integer, Long> cache = crema.<Integer, Long>cache(Settled.CACHE)
                    .codec(KryoCodec.of(Long.class))
                    .nulls(NullCaching.cachedFor(Duration.ofMinutes(1)))
                    .writer(rows)
                    .writePolicy(Settled.POLICY)
                    .build(key -> {
                        Long value = rows.find(key);
                        loads.ended(key);
                        return value;
                    });
            RowLoad load = new RowLoad(spec, cache, remote, log, loads);
            CrashInstance instance = new CrashInstance(spec, console, rows, load);
            console.follow(String.valueOf(remote.identity().join()), instance::follow);
        }
        console.print(new Report(Report.Kind.DONE, ""));
        Runtime.getRuntime().halt(0);
    }

    private void follow(Order order) throws InterruptedException {
        switch (order.kind()) {
            case LOAD -> {
                threads.forEach(Thread::start);
                console.answer(order, 0);
            }
            case PAUSE -> {
                load.pause();
                console.answer(order, 0);
            }
            case RESUME -> {
                load.resume();
                console.answer(order, 0);
            }
            case OWED -> console.answer(order, load.underWay());
            case SWEEP -> console.answer(order, load.readAll());
            case FINISH -> load.end();
        }
    }

    private void report() {
        while (true) {
            LockSupport.parkNanos(REPORT_NANOS);
            Doings doings = new Doings(
                    load.acknowledged.sum(), load.doubtful.sum(), load.reads.sum(), rows.calls(), rows.failures());
            console.print(new Report(Report.Kind.PROGRESS, doings.encode()));
        }
    }
}
