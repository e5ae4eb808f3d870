package io.crema.simulation;

import io.crema.AsyncLoadingTieredCache;
import io.crema.CacheBuilder;
import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.internal.engine.HeldTags;
import io.crema.internal.engine.OpenLoads;
import io.crema.testkit.InMemoryRemote;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One instance with its cache, and everything that is done with it. */
final class LoadClient {

    private final World world;
    private final LoadPlan plan;
    private final LoadOrigin origin;
    private final LoadOracle oracle;
    final Host host;
    final Network network;
    private final @Nullable InMemoryRemote remote;
    final Coroutines threads;
    final Crema crema;
    final LoadingTieredCache<String, Long> cache;
    private final AsyncLoadingTieredCache<String, Long> async;

    /** Not read: it is there so that the tag stays. */
    @SuppressWarnings("UnusedVariable")
    private final @Nullable HeldTags tags;

    private int openWrites;

    LoadClient(
            World world,
            LoadPlan plan,
            LoadOrigin origin,
            LoadOracle oracle,
            Host host,
            Network network,
            @Nullable InMemoryRemote remote,
            Coroutines threads,
            Crema crema,
            CacheBuilder<String, Long> builder) {
        this.world = world;
        this.plan = plan;
        this.origin = origin;
        this.oracle = oracle;
        this.host = host;
        this.network = network;
        this.remote = remote;
        this.threads = threads;
        this.crema = crema;
        int number = host.number();
        if (plan.bulk()) {
            builder.bulkLoader(keys -> origin.loadAll(number, keys));
        }
        cache = plan.context()
                ? builder.buildWithContext((key, context) -> origin.load(number, key, context))
                : builder.buildAsync(key -> origin.loadAsync(number, key));
        async = cache.async();
        tags = plan.remote() ? HeldTags.of(async, List.of(LoadOrigin.TAG)) : null;
    }

    int number() {
        return host.number();
    }

    InMemoryRemote remote() {
        return Objects.requireNonNull(remote, "no remote tier");
    }

    // Reads

    void get(int key) {
        LoadOp op = oracle.begins(LoadOp.Kind.GET, number(), List.of(key));
        follow(op, async.get(Values.key(key)), value -> got(op, key, value));
    }

    void refresh(int key) {
        LoadOp op = oracle.begins(LoadOp.Kind.REFRESH, number(), List.of(key));
        follow(op, async.refresh(Values.key(key)), value -> got(op, key, value));
    }

    void getAll() {
        List<Integer> keys = all();
        LoadOp op = oracle.begins(LoadOp.Kind.GET_ALL, number(), keys);
        List<String> names = keys.stream().map(Values::key).toList();
        follow(op, async.getAll(names), values -> keys.forEach(key -> got(op, key, values.get(Values.key(key)))));
    }

    void lookUp(int key) {
        LoadOp op = oracle.begins(LoadOp.Kind.LOOK_UP, number(), List.of(key));
        follow(op, async.getIfPresent(Values.key(key)), value -> {
            if (value != null) {
                oracle.reads.got(op, key, value, false);
            }
        });
    }

    void lookUpAll() {
        List<Integer> keys = all();
        LoadOp op = oracle.begins(LoadOp.Kind.LOOK_UP, number(), keys);
        follow(
                op,
                async.getAllPresent(keys.stream().map(Values::key).toList()),
                values -> values.forEach((name, value) -> oracle.reads.got(op, Values.number(name), value, false)));
    }

    void entry(int key) {
        LoadOp op = oracle.begins(LoadOp.Kind.ENTRY, number(), List.of(key));
        follow(op, async.entry(Values.key(key)), entry -> gotEntry(op, key, entry));
    }

    private void gotEntry(LoadOp op, int key, @Nullable CacheEntry<Long> entry) {
        if (entry != null && entry.value() != null) {
            oracle.reads.got(op, key, entry.value(), !entry.isStale());
        }
    }

    private void got(LoadOp op, int key, @Nullable Long value) {
        if (value == null) {
            oracle.reads.gotNull(op, key);
        } else {
            oracle.reads.got(op, key, value, false);
        }
    }

    private List<Integer> all() {
        return IntStream.range(0, plan.keys()).boxed().toList();
    }

    private <T> void follow(LoadOp op, CompletableFuture<T> future, Consumer<T> check) {
        int key = op.keys.get(0);
        if (op.kind.loads() && world.chance(0.08)) {
            world.after(world.between(0, Times.millis(200)), () -> cancel(op, future));
        }
        CompletableFuture<T> unused = future.whenComplete((value, failure) -> {
            if (!op.isOpen()) {
                oracle.wrong(key, op + " ended twice");
            }
            op.end = world.now();
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            world.trace.note(
                    world.now(),
                    number(),
                    key,
                    op.kind
                            + (cause == null
                                    ? " gave " + value
                                    : " " + cause.getClass().getSimpleName()),
                    op.start / 1_000);
            if (op.cancelled) {
                return;
            }
            if (cause == null) {
                check.accept(value);
            } else if (!oracle.reads.mayFail(op, cause)) {
                oracle.wrong(key, op + " failed with " + cause);
            }
            oracle.reads.ended(op, cause);
        });
    }

    private void cancel(LoadOp op, CompletableFuture<?> future) {
        if (!future.isDone()) {
            op.cancelled = true;
            boolean cancelled = future.cancel(true);
            if (!cancelled) {
                oracle.wrong(op.keys.get(0), op + " could not be cancelled");
            }
        }
    }

    // Writes

    void put(int key) {
        if (!origin.lock(key)) {
            return;
        }
        long version = origin.version(key);
        EntryOptions options = key % 2 == 0 ? EntryOptions.defaults().tags(LoadOrigin.TAG) : EntryOptions.defaults();
        long value = oracle.made(key, version, plan.expiration().fresh().toNanos(), true);
        local(List.of(key), "put");
        write("put", async.put(Values.key(key), value, options), done -> {
            if (done) {
                oracle.reads.acknowledged(key, version, number(), false);
                origin.unlock(key);
            } else {
                // It may be executed yet.
                world.after(Times.millis(4_000), () -> origin.unlock(key));
            }
        });
    }

    void invalidate(int key) {
        writeAll("invalidate", List.of(key), false, async.invalidate(named(key)));
    }

    void expire(int key) {
        writeAll("expire", List.of(key), true, async.expire(named(key)));
    }

    private static String named(int key) {
        return Values.key(key);
    }

    void clear() {
        writeAll("clear", all(), false, async.clear());
    }

    void invalidateTag() {
        // What comes without its tag is not hit.
        boolean known = plan.context() && !plan.bulk();
        List<Integer> tagged =
                all().stream().filter(key -> known && key % 2 == 0).toList();
        writeAll("invalidateTag", tagged, false, async.invalidateTag(LoadOrigin.TAG));
    }

    /** A write that covers the versions of now. */
    private void writeAll(String what, List<Integer> keys, boolean expiryOnly, CompletableFuture<Void> written) {
        List<Long> versions = keys.stream().map(origin::version).toList();
        local(what.equals("invalidateTag") ? all() : keys, what);
        write(what, written, done -> {
            if (done) {
                for (int i = 0; i < keys.size(); i++) {
                    oracle.reads.acknowledged(keys.get(i), versions.get(i), number(), expiryOnly);
                }
            }
        });
    }

    /** Where there is no remote tier that would tell. */
    private void local(List<Integer> keys, String what) {
        if (!plan.remote()) {
            keys.forEach(key -> oracle.shelf.written(key, what));
        }
    }

    private void write(String what, CompletableFuture<Void> written, Consumer<Boolean> done) {
        openWrites++;
        CompletableFuture<Void> unused = written.whenComplete((nothing, failure) -> {
            openWrites--;
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            world.trace.note(
                    world.now(),
                    number(),
                    Trace.NO_KEY,
                    what + (cause == null ? " done" : " " + cause.getClass().getSimpleName()),
                    0);
            if (cause != null && !(cause instanceof CacheException) && !(cause instanceof CancellationException)) {
                oracle.wrong(Trace.NO_KEY, what + " failed with " + cause);
            }
            done.accept(cause == null);
        });
    }

    // The end

    /** What should not be there any more. */
    List<String> leftOver() {
        List<String> left = new ArrayList<>(OpenLoads.of(cache));
        if (openWrites > 0) {
            left.add(openWrites + " writes");
        }
        for (Coroutines.Worker thread : threads.all()) {
            if (thread.isBlocked()) {
                left.add(thread + " blocked");
            }
            if (OpenLoads.isLoading(cache, thread)) {
                left.add(thread + " in a loader");
            }
        }
        return left;
    }
}
