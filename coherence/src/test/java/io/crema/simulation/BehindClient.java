package io.crema.simulation;

import io.crema.AsyncLoadingTieredCache;
import io.crema.CacheException;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.DeadLetter;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.WriteRejectedException;
import io.crema.internal.engine.HeldTags;
import io.crema.internal.engine.OpenLoads;
import io.crema.internal.engine.OpenWrites;
import io.crema.testkit.InMemoryRemote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One instance with its cache that writes behind, and everything that is done with it. */
final class BehindClient {

    private static final String TAG = "tag";

    /** How it is with the instance. */
    private enum State {
        RUNS,
        LEAVES,
        GONE
    }

    private final World world;
    private final BehindPlan plan;
    private final BehindOracle oracle;
    private final BehindOrigin origin;
    final Host host;
    final Network network;
    final InMemoryRemote remote;
    final Coroutines threads;
    private final Crema crema;
    final LoadingTieredCache<String, Long> cache;
    private final AsyncLoadingTieredCache<String, Long> async;

    /** Not read: it is there so that the tag stays. */
    @SuppressWarnings("UnusedVariable")
    private final HeldTags tags;

    private State state = State.RUNS;
    private long rejected;
    private long rejectedAtMost;
    private int open;
    private long failuresSeen;
    private long trouble = Long.MIN_VALUE / 2;
    private List<DeadLetter<String, Long>> letters = List.of();

    BehindClient(
            World world,
            BehindOracle oracle,
            BehindOrigin origin,
            BehindSetup setup,
            Host host,
            Network network,
            InMemoryRemote remote,
            Coroutines threads,
            Crema crema) {
        this.world = world;
        this.plan = oracle.plan;
        this.oracle = oracle;
        this.origin = origin;
        this.host = host;
        this.network = network;
        this.remote = remote;
        this.threads = threads;
        this.crema = crema;
        cache = plan.configure(crema)
                .writer(setup.writer().apply(origin.writer(number())))
                .buildAsync(key -> origin.load(number(), key));
        async = cache.async();
        tags = HeldTags.of(async, List.of(TAG));
    }

    int number() {
        return host.number();
    }

    /** Whether it can be used. */
    boolean runs() {
        return state == State.RUNS && !host.isDead();
    }

    /** When an operation of the remote tier last failed, as far as anybody has looked. */
    long trouble() {
        CacheStats stats = cache.stats();
        long failures = stats.remoteFailures() + stats.remoteRefused();
        if (failures != failuresSeen) {
            failuresSeen = failures;
            trouble = world.now();
        }
        return trouble;
    }

    // Writes

    void put(int key) {
        long value = oracle.next(key);
        EntryOptions options = world.chance(0.3) ? EntryOptions.defaults().tags(TAG) : EntryOptions.defaults();
        write(Map.of(key, value), async.put(Values.key(key), value, options));
    }

    void putAll() {
        Map<Integer, Long> values = new HashMap<>();
        Map<String, Long> named = new HashMap<>();
        all().forEach(key -> values.put(key, oracle.next(key)));
        values.forEach((key, value) -> named.put(Values.key(key), value));
        write(values, async.putAll(named));
    }

    void delete(int key) {
        write(Map.of(key, BehindOracle.DELETED), async.delete(Values.key(key)));
    }

    private void write(Map<Integer, Long> values, CompletableFuture<Void> written) {
        long since = world.now();
        follow("write", written, failure -> {
            if (failure == null) {
                values.forEach((key, value) -> oracle.acknowledged(key, number(), value, since));
                return;
            }
            // Of many the first failure is told, and there may be more.
            rejectedAtMost += values.size() > 1 || failure instanceof WriteRejectedException ? values.size() : 0;
            if (failure instanceof WriteRejectedException) {
                rejected++;
                oracle.counts.rejected++;
            }
        });
    }

    void invalidate(int key) {
        follow("invalidate", async.invalidate(Values.key(key)), failure -> {});
    }

    void expire(int key) {
        follow("expire", async.expire(Values.key(key)), failure -> {});
    }

    void clear() {
        follow("clear", async.clear(), failure -> {});
    }

    void invalidateTag() {
        follow("invalidateTag", async.invalidateTag(TAG), failure -> {});
    }

    // Dead letters

    void findLetters() {
        CompletableFuture<List<DeadLetter<String, Long>>> found =
                cache.writeBehind().deadLetters(10);
        follow("deadLetters", found, failure -> {
            if (failure == null) {
                letters = found.join();
            }
        });
    }

    /** One of those that were found; it may not be there any more. */
    void settleLetter() {
        if (!letters.isEmpty()) {
            DeadLetter<String, Long> letter = world.oneOf(letters);
            boolean retried = world.chance(0.7);
            follow(
                    retried ? "retry" : "drop",
                    retried
                            ? cache.writeBehind().retry(letter)
                            : cache.writeBehind().drop(letter),
                    failure -> {});
        }
    }

    List<DeadLetter<String, Long>> letters() {
        return letters;
    }

    void retryAll() {
        letters.forEach(letter -> follow("retry", cache.writeBehind().retry(letter), failure -> {}));
    }

    // Reads

    void get(int key) {
        read(key, async.get(Values.key(key)), false);
    }

    void getLatest(int key) {
        read(key, async.reading(ReadConsistency.LATEST).get(Values.key(key)), true);
    }

    void refresh(int key) {
        read(key, async.refresh(Values.key(key)), false);
    }

    void getAll() {
        long start = world.now();
        List<String> names = all().stream().map(Values::key).toList();
        CompletableFuture<Map<String, Long>> found = async.getAll(names);
        follow("getAll", found, failure -> {
            if (failure == null) {
                all().forEach(key ->
                        oracle.read(key, number(), start, found.join().get(Values.key(key)), false, trouble()));
            }
        });
    }

    private void read(int key, CompletableFuture<@Nullable Long> found, boolean latest) {
        long start = world.now();
        follow("read", found, failure -> {
            if (failure == null) {
                world.trace.note(world.now(), number(), key, "read " + found.join(), start / 1_000);
                oracle.read(key, number(), start, found.join(), latest, trouble());
            }
        });
    }

    /** All keys are read, and to be what the origin has. */
    void requireAgreement(BehindOrigin origin) {
        for (int key : all()) {
            CompletableFuture<@Nullable Long> found = async.get(Values.key(key));
            follow("read", found, failure -> {
                long got = failure == null
                        ? Objects.requireNonNullElse(found.join(), BehindOracle.DELETED)
                        : Long.MIN_VALUE;
                if (got != origin.row(key).value()) {
                    oracle.wrong(
                            key,
                            "instance " + number() + " reads " + (failure == null ? got : failure)
                                    + ", but the origin has " + origin.row(key));
                }
            });
        }
    }

    private List<Integer> all() {
        return IntStream.range(0, plan.keys()).boxed().toList();
    }

    private void follow(String what, CompletableFuture<?> future, Consumer<@Nullable Throwable> end) {
        open++;
        CompletableFuture<?> unused = future.whenComplete((value, failure) -> {
            open--;
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            world.trace.note(
                    world.now(),
                    number(),
                    Trace.NO_KEY,
                    what + (cause == null ? " done" : " " + cause.getClass().getSimpleName()),
                    0);
            boolean expected = cause == null
                    || cause instanceof CacheException
                    || cause instanceof BehindOrigin.Failure
                    || cause instanceof IllegalStateException;
            if (!expected) {
                oracle.wrong(Trace.NO_KEY, what + " failed with " + cause);
            }
            end.accept(cause);
        });
    }

    // The end

    void kill() {
        host.kill();
        state = State.GONE;
    }

    /** Writes what is left while there is time, and then closes. */
    void leave() {
        state = State.LEAVES;
        CompletableFuture<Void> unused = OpenWrites.drain(cache).whenComplete((done, failure) -> {
            oracle.counts.drains++;
            host.schedule(0, this::close);
        });
        host.schedule(plan.drain().toNanos(), this::close);
    }

    void close() {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        // What it still asks is answered at once, for closing waits in real time.
        network.setImmediate(true);
        crema.close();
        network.setImmediate(false);
    }

    /** What is wrong with an instance of which nothing is under way. */
    List<String> leftOver() {
        List<String> left = new ArrayList<>(OpenLoads.of(cache));
        if (open > 0) {
            left.add(open + " calls");
        }
        if (origin.calls().isRunning(number())) {
            left.add("a call of the writer");
        }
        CacheStats stats = cache.stats();
        long[] made = origin.calls().counted(number());
        compare(left, "writes", stats.writes(), made[0]);
        compare(left, "failed writes", stats.writeFailures(), made[1]);
        compare(
                left,
                "rejected writes",
                stats.writesRejected(),
                Math.max(rejected, Math.min(rejectedAtMost, stats.writesRejected())));
        compare(left, "pending writes", stats.writesPending(), 0);
        return left;
    }

    private static void compare(List<String> left, String what, long counted, long right) {
        if (counted != right) {
            left.add(counted + " " + what + " counted instead of " + right);
        }
    }
}
