package io.crema.coherence;

import io.crema.testkit.HistoryWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The main class of a service instance: a process of its own that reads and writes through its own cache. It takes {@link
 * Order}s on its standard input, gives {@link Report}s on its standard output, and ends when its input does. Whatever
 * ends one of its threads ends it too: it would go on with less load than it says.
 */
final class InstanceMain {

    private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long JOIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Console console;
    private final Load load;
    private final Subject subject;
    private final HistoryWriter history;
    private final List<Key> keys;
    private final RecordedReads reads;
    private final WriteLoad writes;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    private InstanceMain(
            InstanceSpec spec, Console console, SharedVersions versions, Subject subject, HistoryWriter history) {
        this.console = console;
        load = spec.load();
        this.subject = subject;
        this.history = history;
        keys = IntStream.range(0, load.keys()).mapToObj(Key::new).toList();
        reads = new RecordedReads(subject, history);
        Set<Subject.Feature> features = EnumSet.noneOf(Subject.Feature.class);
        features.addAll(load.features());
        features.retainAll(subject.features());
        Zipf zipf = new Zipf(load.keys(), load.zipf());
        SplittableRandom random = new SplittableRandom(spec.seed() + spec.number());
        writes = new WriteLoad(
                subject,
                versions,
                history,
                keys,
                zipf,
                random.split(),
                load.writesPerSecond(),
                features,
                () -> running);
        thread("writer", writes);
        for (int i = 0; i < load.readers(); i++) {
            // What does not divide is for the first ones.
            int share = load.readsPerSecond() / load.readers() + (i < load.readsPerSecond() % load.readers() ? 1 : 0);
            if (share > 0) {
                thread("reader-" + i, new ReadLoad(reads, keys, zipf, random.split(), share, features, () -> running));
            }
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Console console = Console.open();
        InstanceSpec spec = InstanceSpec.parse(List.of(arguments));
        SharedVersions versions = SharedVersions.open(spec.origin());
        if (versions.keys() != spec.load().keys()) {
            throw new IllegalArgumentException("The origin has " + versions.keys() + " keys, but there should be "
                    + spec.load().keys());
        }
        SlowOrigin origin = new SlowOrigin(versions, spec.load().loadTime().toNanos());
        HistoryWriter history = HistoryWriter.create(spec.history(), spec.name());
        Subject subject = SubjectProviders.named(spec.subject())
                .open(
                        spec.subject(),
                        new Setting(spec.name(), spec.topology(), spec.uris(), spec.proxies(), spec.bound(), origin));
        InstanceMain instance = new InstanceMain(spec, console, versions, subject, history);
        console.follow("", instance::follow);
        subject.close();
        // Threads of libraries that do not end by themselves are not what is examined here.
        Runtime.getRuntime().halt(0);
    }

    private Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    private void follow(Order order) throws IOException, InterruptedException {
        switch (order.kind()) {
            case LOAD -> {
                begin();
                console.answer(order, 0);
            }
            case PAUSE -> {
                writes.pause();
                console.answer(order, 0);
            }
            case RESUME -> {
                writes.resume();
                console.answer(order, 0);
            }
            case OWED -> console.answer(order, owed());
            case SWEEP -> sweep(order);
            case FINISH -> finish();
        }
    }

    private void begin() {
        threads.forEach(Thread::start);
        thread("reporter", this::report).start();
    }

    private void report() {
        while (running) {
            LockSupport.parkNanos(REPORT_NANOS);
            console.print(new Report(Report.Kind.PROGRESS, progress().encode()));
            history.flush();
        }
    }

    private Progress progress() {
        Map<Operation, Long> ended = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            ended.put(operation, writes.count(operation));
        }
        return new Progress(
                reads.reads.sum(),
                reads.latest.sum(),
                reads.failures.count(),
                ended,
                writes.failures.count(),
                subject.counts(),
                owed());
    }

    /** The writer's first: what it has put off is at the cache by then. */
    private long owed() {
        return writes.owed() + subject.pending();
    }

    /** By as many threads as there are readers, since most reads may wait for Redis. */
    private void sweep(Order order) {
        AtomicInteger left = new AtomicInteger(load.readers());
        LongAdder came = new LongAdder();
        for (int i = 0; i < load.readers(); i++) {
            int first = i;
            thread("sweeper-" + i, () -> {
                        for (int key = first; key < keys.size() && running; key += load.readers()) {
                            came.add(reads.read(keys.get(key)) ? 1 : 0);
                        }
                        if (left.decrementAndGet() == 0 && running) {
                            console.answer(order, came.sum());
                        }
                    })
                    .start();
        }
    }

    private void finish() throws IOException, InterruptedException {
        running = false;
        long began = System.nanoTime();
        for (Thread thread : threads) {
            long left = began + JOIN_NANOS - System.nanoTime();
            if (thread.getState() != Thread.State.NEW) {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, left));
            }
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end; it is at "
                        + List.of(thread.getStackTrace()).subList(0, Math.min(3, thread.getStackTrace().length)));
            }
        }
        console.print(new Report(Report.Kind.PROGRESS, progress().encode()));
        history.close();
        console.print(new Report(Report.Kind.DONE, ""));
    }
}
