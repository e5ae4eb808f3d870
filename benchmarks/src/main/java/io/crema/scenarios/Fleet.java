package io.crema.scenarios;

import com.google.gson.reflect.TypeToken;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The instances of a scenario. Used by one thread. */
final class Fleet implements AutoCloseable {

    private static final long READY_SECONDS = 60;
    private static final long ANSWER_SECONDS = 120;

    /** In which the threads of all instances begin. */
    private static final Duration HEAD_START = Duration.ofSeconds(1);

    private final List<InstanceProcess> instances = new ArrayList<>();

    /** @param spec its name is left out */
    static Fleet start(int count, InstanceSpec spec, Function<String, Path> log) throws InterruptedException {
        Fleet fleet = new Fleet();
        try {
            long before = System.nanoTime();
            for (int i = 1; i <= count; i++) {
                String name = "instance-" + i;
                InstanceSpec named =
                        new InstanceSpec(name, spec.redisUri(), spec.originPort(), spec.client(), spec.policies());
                fleet.instances.add(InstanceProcess.start(named, log.apply(name)));
            }
            for (InstanceProcess instance : fleet.instances) {
                requireCommonClock(before, await(instance.ready(), READY_SECONDS), System.nanoTime());
            }
            return fleet;
        } catch (InterruptedException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private static void requireCommonClock(long before, long there, long after) {
        if (there - before < 0 || after - there < 0) {
            throw new IllegalStateException(
                    "System.nanoTime() is not the same in all processes of this system, so their"
                            + " histories cannot be set beside each other");
        }
    }

    int size() {
        return instances.size();
    }

    private <T> List<T> all(Order.Kind kind, IntFunction<Object> content, Type answer) throws InterruptedException {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            answers.add(instances.get(i).order(kind, content.apply(i), answer));
        }
        List<T> all = new ArrayList<>();
        for (CompletableFuture<T> one : answers) {
            all.add(await(one, ANSWER_SECONDS));
        }
        return all;
    }

    private static <T> T await(CompletableFuture<T> answer, long seconds) throws InterruptedException {
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(String.valueOf(cause.getMessage()), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("An instance does not answer within " + seconds + " s", e);
        }
    }

    /** One instance puts all keys, so that all others see them too; then each reads each. */
    void fill(Keys keys) throws InterruptedException {
        int put = await(instances.get(0).order(Order.Kind.PUT, keys, Integer.class), ANSWER_SECONDS);
        requireAll(keys, put);
        sweep(keys);
    }

    /** Each instance reads each key. */
    void sweep(Keys keys) throws InterruptedException {
        for (int came : this.<Integer>all(Order.Kind.SWEEP, i -> keys, Integer.class)) {
            requireAll(keys, came);
        }
    }

    private static void requireAll(Keys keys, int done) {
        if (done < keys.count()) {
            throw new IllegalStateException("Of " + keys.count() + " keys " + done + " could be put or read");
        }
    }

    /** That many readers, of all instances together, read a key at once. */
    Burst.Outcome burst(String key, int readers) throws InterruptedException {
        long beginsAt = System.nanoTime() + HEAD_START.toNanos();
        List<Burst.Outcome> outcomes = all(
                Order.Kind.BURST,
                i -> new Burst(InstanceMain.CACHE, key, share(readers, i), beginsAt),
                Burst.Outcome.class);
        return outcomes.stream().reduce(Burst.Outcome::plus).orElseThrow();
    }

    /** What does not divide is for the first ones. */
    private int share(int number, int instance) {
        return number / instances.size() + (instance < number % instances.size() ? 1 : 0);
    }

    /**
     * Begins a load in each instance, all at one moment.
     *
     * @param load its begin is left out, its rate is that of all instances together; callers are as many in each
     */
    void begin(Load load) throws InterruptedException {
        long beginsAt = System.nanoTime() + HEAD_START.toNanos();
        all(
                Order.Kind.LOAD,
                i -> new Load(
                        load.name(),
                        load.style(),
                        load.threads(),
                        load.style() == Load.Style.CALLERS
                                ? load.readsPerSecond()
                                : load.readsPerSecond() / instances.size(),
                        load.cache(),
                        load.keys() == 0 ? load.prefix() + "-" + i : load.prefix(),
                        load.keys(),
                        beginsAt,
                        load.freshMillis()),
                String.class);
    }

    /** Ends a load; what each instance read. */
    List<History> end(String load) throws InterruptedException {
        return all(Order.Kind.END, i -> load, History.class);
    }

    /**
     * Begins writes in each instance, all at one moment.
     *
     * @param writes its instance and begin are left out; rates and numbers are those of each
     */
    void beginWrites(Writes writes) throws InterruptedException {
        long beginsAt = System.nanoTime() + HEAD_START.toNanos();
        all(
                Order.Kind.WRITE,
                i -> new Writes(
                        i,
                        writes.rowsPort(),
                        writes.threads(),
                        writes.hotPerSecond(),
                        writes.keys(),
                        writes.otherPerSecond(),
                        writes.coalescing(),
                        beginsAt),
                String.class);
    }

    List<Writes.Progress> progress() throws InterruptedException {
        return all(Order.Kind.WRITES_SO_FAR, i -> "", Writes.Progress.class);
    }

    List<Writes.Last> endWrites() throws InterruptedException {
        Type list = TypeToken.getParameterized(List.class, Writes.Last.class).getType();
        return this.<List<Writes.Last>>all(Order.Kind.END_WRITES, i -> "", list).stream()
                .flatMap(List::stream)
                .toList();
    }

    List<Vitals> vitals() throws InterruptedException {
        return all(Order.Kind.VITALS, i -> "", Vitals.class);
    }

    /** Of all instances together. */
    Answer.Status status() {
        return instances.stream().map(InstanceProcess::status).reduce(Answer.Status.NONE, Answer.Status::plus);
    }

    /** @throws IllegalStateException if one has ended */
    void requireAlive() {
        instances.forEach(InstanceProcess::requireAlive);
    }

    @Override
    public void close() {
        instances.forEach(InstanceProcess::close);
    }
}
