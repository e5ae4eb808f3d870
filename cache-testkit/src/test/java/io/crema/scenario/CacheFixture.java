package io.crema.scenario;

import io.crema.CacheBuilder;
import io.crema.CacheLoader;
import io.crema.Crema;
import io.crema.policy.Near;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Instances of a service under one {@link Setting}, sharing a remote tier in memory if it has one. Time stands still
 * unless a test moves it; threads are real and named by what they are for.
 */
final class CacheFixture implements AutoCloseable {

    static final String EXECUTOR_THREAD = "executor-";
    static final String CALLER_THREAD = "caller-";

    final ManualTime time = new ManualTime();
    final InMemoryServer server = InMemoryServer.create(time);
    final ExecutorService executor = named(EXECUTOR_THREAD);
    private final Setting setting;
    private final List<Crema> cremas = new ArrayList<>();
    private final List<Thread> callers = new ArrayList<>();

    CacheFixture(Setting setting) {
        this.setting = setting;
        if (setting.tiers().hasRemote()) {
            beginHistory();
        }
    }

    /** The first write of a partition sets its clock, which looks like a gap; tests begin after that. */
    private void beginHistory() {
        Instance first = instance();
        builder(first, "texts").build().clear();
        first.crema().close();
    }

    /** One instance of the service, with its connection if there is a remote tier. */
    record Instance(Crema crema, @Nullable InMemoryRemote connection) {

        InMemoryRemote remote() {
            return Objects.requireNonNull(connection, "no remote tier");
        }
    }

    /** A thread that makes a call, and what comes of it. */
    record Caller<T>(Thread thread, CompletableFuture<T> result) {

        T await() {
            return Waiting.forResult(result);
        }
    }

    Instance instance() {
        Crema.Builder builder = Crema.builder().ticker(time).executor(executor);
        InMemoryRemote remote = setting.tiers().hasRemote() ? server.connect() : null;
        Crema crema = remote == null ? builder.build() : builder.remote(remote).build();
        cremas.add(crema);
        return new Instance(crema, remote);
    }

    CacheBuilder<String, String> builder(Instance instance, String name) {
        CacheBuilder<String, String> builder =
                instance.crema().<String, String>cache(name).codec(new TextCodec());
        return setting.tiers().hasNear() ? builder : builder.near(Near.none());
    }

    /** A cache of an instance of its own, whose loader must not be asked. */
    Calls open() {
        return open(builder -> builder);
    }

    Calls open(UnaryOperator<CacheBuilder<String, String>> settings) {
        return open(instance(), settings, key -> {
            throw new AssertionError("loaded " + key);
        });
    }

    Calls loading(CacheLoader<String, String> loader) {
        return open(instance(), builder -> builder, loader);
    }

    Calls open(Instance instance) {
        return open(instance, builder -> builder, key -> {
            throw new AssertionError("loaded " + key);
        });
    }

    Calls open(
            Instance instance,
            UnaryOperator<CacheBuilder<String, String>> settings,
            CacheLoader<String, String> loader) {
        return setting.calls(settings.apply(builder(instance, "texts")).build(loader));
    }

    /** Makes a call on a thread of its own. */
    <T> Caller<T> start(Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(call.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                CALLER_THREAD + callers.size());
        thread.setDaemon(true);
        callers.add(thread);
        thread.start();
        return new Caller<>(thread, result);
    }

    /** Lets heartbeats and ticks of the clock happen. */
    void pass(Duration duration) {
        time.advance(duration);
    }

    private static ExecutorService named(String name) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void close() {
        cremas.forEach(Crema::close);
        executor.shutdownNow();
        callers.forEach(Thread::interrupt);
    }
}
