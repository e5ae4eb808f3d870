package io.crema.simulation;

import io.crema.LoadContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The origin of a simulation of loads: versions of keys, calls that are under way, and what is wrong with it now. */
final class LoadOrigin {

    /** What it does at present. */
    enum Mood {
        UP,
        SLOW,
        /** Some calls fail. */
        SHAKY,
        DOWN,
        HANGING
    }

    static final String TAG = "tag";

    static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1;

        Failure() {
            super("The origin failed", null, false, false);
        }
    }

    /** One call of a loader. */
    static final class Call {
        final int instance;
        final Set<Integer> keys;
        final long began;
        final Map<Integer, Long> versions = new HashMap<>();
        boolean ended;
        /** Its caller does not want it any more. */
        boolean givenUp;

        Call(int instance, Set<Integer> keys, long began) {
            this.instance = instance;
            this.keys = keys;
            this.began = began;
        }

        /** What is to be cached of what it gave. */
        final Map<Integer, Shelf.Item> gave = new HashMap<>();

        /** Somebody had asked for it by a refresh. */
        boolean refreshes;

        /** It may have begun without a lease, after a long wait. */
        boolean impatient;

        boolean isRunning() {
            return !ended && !givenUp;
        }
    }

    private final World world;
    private final LoadPlan plan;
    private final LoadOracle oracle;
    private final long[] versions;
    private final int[] locks;
    private final List<Call> running = new ArrayList<>();
    private Mood mood = Mood.UP;
    private boolean plain;
    private int calls;

    LoadOrigin(World world, LoadPlan plan, LoadOracle oracle) {
        this.world = world;
        this.plan = plan;
        this.oracle = oracle;
        this.versions = new long[plan.keys()];
        Arrays.fill(versions, 1);
        this.locks = new int[plan.keys()];
    }

    void be(Mood newMood) {
        mood = newMood;
        world.trace.note(world.now(), Oracle.EVERYBODY, Trace.NO_KEY, "ORIGIN " + newMood, 0);
    }

    /** From now on it is up, and its values are as the cache's policies say. */
    void heal() {
        be(Mood.UP);
        plain = true;
    }

    int calls() {
        return calls;
    }

    boolean isIdle() {
        return running.isEmpty();
    }

    long version(int key) {
        return versions[key];
    }

    /** Changes a key, unless somebody needs it unchanged. */
    boolean commit(int key) {
        if (locks[key] > 0) {
            return false;
        }
        versions[key]++;
        world.trace.note(world.now(), Oracle.EVERYBODY, key, "commit", versions[key]);
        return true;
    }

    boolean lock(int key) {
        boolean free = locks[key] == 0;
        locks[key] += free ? 1 : 0;
        return free;
    }

    void unlock(int key) {
        locks[key]--;
    }

    /** Some versions say that there is nothing. */
    boolean isNull(long version) {
        return !plain && version % 6 == 5;
    }

    // Loaders

    CompletableFuture<Long> loadAsync(int instance, String name) {
        int key = Values.number(name);
        Call call = begin(instance, Set.of(key));
        CompletableFuture<Long> future = new CompletableFuture<>();
        boolean fails = fails();
        long takes = takes();
        CompletableFuture<Long> unused = future.whenComplete((value, failure) -> {
            if (future.isCancelled()) {
                call.givenUp = true;
                world.trace.note(world.now(), instance, key, "load cancelled", 0);
                oracle.loads.gaveUp(call);
                end(call);
            }
        });
        world.after(takes, () -> {
            if (future.isDone()) {
                return;
            }
            Long value = fails ? null : value(call, key, plan.expiration().fresh(), true);
            ended(call, fails);
            if (fails) {
                future.completeExceptionally(new Failure());
            } else {
                future.complete(value);
            }
        });
        return future;
    }

    @Nullable
    Long load(int instance, String name, LoadContext<Long> context) throws InterruptedException {
        int key = Values.number(name);
        Call call = begin(instance, Set.of(key));
        await(call);
        Long previous = context.previous() == null ? null : context.previous().value();
        if (!plain && previous != null && oracle.versionOf(previous) == call.versions.get(key) && world.chance(0.5)) {
            gave(call, key, previous, plan.expiration().fresh());
            ended(call, false);
            oracle.renewed(previous, plan.expiration().fresh().toNanos());
            return context.notModified();
        }
        Duration fresh = plan.expiration().fresh();
        boolean kept = true;
        if (!plain && world.chance(0.1)) {
            fresh = Duration.ofMillis(world.between(100, 3_000));
            context.timeToLive(fresh);
        }
        if (!plain && world.chance(0.05)) {
            kept = false;
            context.doNotCache();
        }
        if (key % 2 == 0) {
            context.tags(TAG);
        }
        Long value = value(call, key, fresh, kept);
        ended(call, false);
        return value;
    }

    Map<String, Long> loadAll(int instance, Collection<String> names) throws InterruptedException {
        Call call =
                begin(instance, Set.copyOf(names.stream().map(Values::number).toList()));
        await(call);
        Map<String, Long> values = new HashMap<>();
        for (String name : names) {
            Long value = value(call, Values.number(name), plan.expiration().fresh(), true);
            if (value != null) {
                values.put(name, value);
            }
        }
        ended(call, false);
        return values;
    }

    /** On the loader's thread, which may be interrupted; some loaders do not mind. */
    private void await(Call call) throws InterruptedException {
        boolean fails = fails();
        boolean deaf = world.chance(0.3);
        long until = world.now() + takes();
        while (world.now() < until) {
            try {
                Coroutines.current().block(until - world.now());
            } catch (InterruptedException e) {
                call.givenUp = true;
                world.trace.note(world.now(), call.instance, Trace.NO_KEY, "load interrupted", 0);
                oracle.loads.gaveUp(call);
                if (!deaf || Coroutines.current().isEnding()) {
                    end(call);
                    throw e;
                }
            }
        }
        if (fails) {
            ended(call, true);
            throw new Failure();
        }
    }

    private boolean fails() {
        return switch (mood) {
            case UP, SLOW -> false;
            case SHAKY, HANGING -> world.chance(0.5);
            case DOWN -> true;
        };
    }

    private long takes() {
        int luck = world.below(100);
        return switch (mood) {
            case UP, DOWN, SHAKY -> luck < 40 ? 0 : world.between(0, Times.millis(luck < 90 ? 10 : 150));
            case SLOW -> world.between(Times.millis(20), Times.millis(900));
            case HANGING -> world.between(Times.millis(500), Times.millis(4_000));
        };
    }

    private Call begin(int instance, Set<Integer> keys) {
        calls++;
        Call call = new Call(instance, keys, world.now());
        keys.forEach(key -> call.versions.put(key, versions[key]));
        keys.forEach(key -> world.trace.note(world.now(), instance, key, "load", versions[key]));
        keys.forEach(key -> oracle.loads.begins(call, key, List.copyOf(running)));
        running.add(call);
        return call;
    }

    private @Nullable Long value(Call call, int key, Duration fresh, boolean kept) {
        long version = call.versions.get(key);
        if (isNull(version)) {
            Duration nullFresh = plan.nulls().fresh();
            if (nullFresh == null || !kept) {
                oracle.madeNull(key, 0);
            } else {
                Duration itsFresh = fresh.equals(plan.expiration().fresh()) ? nullFresh : fresh;
                oracle.madeNull(key, itsFresh.toNanos());
                gave(call, key, Shelf.NULL, itsFresh);
            }
            return null;
        }
        long value = oracle.made(key, version, fresh.toNanos(), kept);
        if (kept) {
            gave(call, key, value, fresh);
        }
        return value;
    }

    private void gave(Call call, int key, long value, Duration fresh) {
        long took = world.now() - call.began;
        long least = (long) (fresh.toNanos() * (1 - plan.expiration().jitter()));
        long keep = Math.max(least + plan.whileRevalidateNanos(), plan.staleOnErrorNanos() - took);
        call.gave.put(key, new Shelf.Item(value, world.now(), least, keep, took));
    }

    private void ended(Call call, boolean failed) {
        end(call);
        call.keys.forEach(key -> {
            world.trace.note(world.now(), call.instance, key, failed ? "load failed" : "loaded", 0);
            oracle.loads.ended(call, key, failed);
        });
    }

    private void end(Call call) {
        call.ended = true;
        running.remove(call);
    }
}
