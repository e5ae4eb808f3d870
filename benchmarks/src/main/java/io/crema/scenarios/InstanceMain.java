package io.crema.scenarios;

import com.sun.management.OperatingSystemMXBean;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.TieredCache;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.BreakerChanged;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.policy.WritePolicy;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.PlainCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a service instance: a process of its own that reads through its own cache. It takes {@link Order}s on
 * its standard input, gives {@link Answer}s on its standard output, and ends when its input does.
 */
final class InstanceMain {

    /** The cache with the policies of the scenario. */
    static final String CACHE = "products";

    /** A cache without a near tier, each read of which is a round trip to Redis. */
    static final String FAR = "far";

    private static final long STATUS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int AT_A_TIME = 50;
    private static final long INSIST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int STACK_BYTES = 256 * 1024;
    private static final int FAILED = 3;

    /** A partition's journal holds a 16th of it: more than two windows of the key that is written most. */
    private static final long HELD = 400_000;

    private final PrintStream out;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final LoadRun.Counters counters = new LoadRun.Counters();
    private final Map<String, LoadRun> loads = new ConcurrentHashMap<>();
    private final List<Vitals.BreakerChange> breaker = new CopyOnWriteArrayList<>();
    private volatile @Nullable WriteRun writes;
    private final Crema crema;
    private final Map<String, LoadingTieredCache<String, byte[]>> caches;

    private InstanceMain(InstanceSpec spec, PrintStream out) {
        this.out = out;
        OriginClient origin = new OriginClient(spec.originPort(), spec.client());
        crema = Crema.builder()
                .remote(RedisRemote.connect(spec.redisUri()))
                .nodeName(spec.name())
                .circuitBreaker(spec.policies().circuitBreaker())
                .listener(this::onEvent)
                .build();
        LoadingTieredCache<String, byte[]> cache = spec.policies()
                .applyTo(crema.<String, byte[]>cache(CACHE).codec(PlainCodec.bytes()))
                .build(origin::load);
        LoadingTieredCache<String, byte[]> far = crema.<String, byte[]>cache(FAR)
                .codec(PlainCodec.bytes())
                .near(Near.none())
                .expiration(Expiration.fresh(Duration.ofHours(1)))
                .build(origin::load);
        caches = Map.of(CACHE, cache, FAR, far);
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        // What else is printed must not come between the answers.
        System.setOut(System.err);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(FAILED);
        });
        InstanceMain instance = new InstanceMain(Wire.LINES.fromJson(arguments[0], InstanceSpec.class), out);
        instance.follow(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    /** Of the caches that share the breaker, one is enough. */
    private void onEvent(CacheEvent event) {
        if (event instanceof BreakerChanged change && change.cache().equals(CACHE)) {
            breaker.add(new Vitals.BreakerChange(System.nanoTime(), change.to()));
        }
    }

    private void follow(BufferedReader orders) throws IOException {
        say(new Answer(Answer.READY, Wire.LINES.toJson(System.nanoTime()), null));
        thread("status", this::report).start();
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            Order order = Wire.LINES.fromJson(line, Order.class);
            if (order.kind() == Order.Kind.FINISH) {
                break;
            }
            thread("order-" + order.kind(), () -> obey(order)).start();
        }
        // Also if whoever led this instance is gone. Loaders that hang are not waited for.
        Runtime.getRuntime().halt(0);
    }

    private void say(Answer answer) {
        String line = Wire.LINES.toJson(answer);
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    private void report() {
        while (true) {
            LockSupport.parkNanos(STATUS_NANOS);
            loads.values().forEach(LoadRun::pack);
            say(new Answer(Answer.STATUS, Wire.LINES.toJson(counters.status()), null));
        }
    }

    private void obey(Order order) {
        try {
            say(new Answer(order.ticket(), Wire.LINES.toJson(answer(order)), null));
        } catch (InterruptedException | RuntimeException e) {
            e.printStackTrace();
            say(new Answer(order.ticket(), null, e.toString()));
        }
    }

    private Object answer(Order order) throws InterruptedException {
        String content = order.content();
        return switch (order.kind()) {
            case PUT -> put(Wire.LINES.fromJson(content, Keys.class));
            case SWEEP -> sweep(Wire.LINES.fromJson(content, Keys.class));
            case BURST -> burst(Wire.LINES.fromJson(content, Burst.class));
            case LOAD -> load(Wire.LINES.fromJson(content, Load.class));
            case END ->
                Objects.requireNonNull(loads.remove(Wire.LINES.fromJson(content, String.class)), content)
                        .end(PATIENCE_NANOS);
            case VITALS -> vitals();
            case WRITE -> write(Wire.LINES.fromJson(content, Writes.class));
            case WRITES_SO_FAR -> progress();
            case END_WRITES -> writes().end();
            case FINISH -> throw new IllegalArgumentException("The order to finish is not for here");
        };
    }

    private LoadingTieredCache<String, byte[]> cache(String name) {
        return Objects.requireNonNull(caches.get(name), name);
    }

    private int put(Keys keys) throws InterruptedException {
        LoadingTieredCache<String, byte[]> cache = cache(keys.cache());
        return each(keys, key -> cache.async().put(key, Value.of(key, System.nanoTime()), options(keys)));
    }

    private static EntryOptions options(Keys keys) {
        return keys.expireAt() == 0
                ? EntryOptions.defaults()
                : EntryOptions.defaults().timeToLive(Duration.ofNanos(keys.expireAt() - System.nanoTime()));
    }

    private int sweep(Keys keys) throws InterruptedException {
        LoadingTieredCache<String, byte[]> cache = cache(keys.cache());
        return each(keys, key -> cache.async().get(key));
    }

    /**
     * Does something with each key, many at a time, and again with those for which it failed: a busy machine may not answer
     * at first. Returns for how many keys it succeeded.
     */
    private static int each(Keys keys, Function<String, CompletableFuture<?>> operation) throws InterruptedException {
        long limit = System.nanoTime() + INSIST_NANOS;
        Queue<String> left = new ConcurrentLinkedQueue<>(List.of(keys.all()));
        while (!left.isEmpty() && limit - System.nanoTime() > 0) {
            Semaphore places = new Semaphore(AT_A_TIME);
            for (int i = left.size(); i > 0; i--) {
                String key = left.remove();
                places.acquire();
                operation.apply(key).whenComplete((result, failure) -> {
                    if (failure != null) {
                        left.add(key);
                    }
                    places.release();
                });
            }
            places.acquire(AT_A_TIME);
        }
        return keys.count() - left.size();
    }

    private Burst.Outcome burst(Burst burst) throws InterruptedException {
        LoadingTieredCache<String, byte[]> cache = cache(burst.cache());
        List<Burst.Outcome> outcomes = new CopyOnWriteArrayList<>();
        List<Thread> readers = new CopyOnWriteArrayList<>();
        for (int i = 0; i < burst.readers(); i++) {
            Thread reader = thread("reader-" + i, () -> outcomes.add(read(cache, burst)));
            readers.add(reader);
            reader.start();
        }
        for (Thread reader : readers) {
            reader.join();
        }
        Burst.Outcome none = new Burst.Outcome(0, 0, Map.of(), Map.of(), 0, 0);
        return outcomes.stream().reduce(none, Burst.Outcome::plus);
    }

    private static Burst.Outcome read(LoadingTieredCache<String, byte[]> cache, Burst burst) {
        long left = burst.beginsAt() - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = burst.beginsAt() - System.nanoTime();
        }
        long began = System.nanoTime();
        Optional<byte[]> value = Optional.empty();
        String failure = "null";
        try {
            value = Optional.ofNullable(cache.get(burst.key()));
        } catch (RuntimeException | Error e) {
            failure = LoadRun.kind(e);
        }
        double took = (System.nanoTime() - began) / 1e6;
        double late = (began - burst.beginsAt()) / 1e6;
        if (value.isEmpty()) {
            return new Burst.Outcome(0, 0, Map.of(), Map.of(failure, 1), late, took);
        }
        int wrong = Value.isOf(burst.key(), value.get()) ? 0 : 1;
        return new Burst.Outcome(1, wrong, Map.of(Value.madeAt(value.get()), 1), Map.of(), late, took);
    }

    private String load(Load load) {
        LoadRun run = new LoadRun(load, cache(load.cache()), counters);
        if (loads.putIfAbsent(load.name(), run) != null) {
            throw new IllegalArgumentException("There is a load " + load.name() + " already");
        }
        run.begin();
        return load.name();
    }

    /** Only a scenario that writes has that cache. */
    private String write(Writes order) {
        WritePolicy.Behind behind = WritePolicy.behind().journal(HELD, Duration.ofSeconds(2));
        TieredCache<String, byte[]> cache = crema.<String, byte[]>cache(Writes.CACHE)
                .codec(PlainCodec.bytes())
                .writer(new RowsClient(order.rowsPort()))
                .writePolicy(order.coalescing() ? behind : behind.withoutCoalescing())
                .build();
        WriteRun run = new WriteRun(order, cache);
        writes = run;
        run.begin();
        return Writes.CACHE;
    }

    private WriteRun writes() {
        return Objects.requireNonNull(writes, "Nothing is written");
    }

    /** What lives in the heap is known after a collection only. */
    private Writes.Progress progress() {
        memory.gc();
        long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
        return new Writes.Progress(writes().acknowledged(), writes().failures(), heap, system.getProcessCpuTime());
    }

    private Vitals vitals() {
        Vitals vitals = new Vitals(
                threads.getThreadCount(),
                threads.getPeakThreadCount(),
                cache(CACHE).stats(),
                List.copyOf(breaker));
        threads.resetPeakThreadCount();
        return vitals;
    }
}
