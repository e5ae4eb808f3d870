package io.crema.simulation;

import io.crema.AsyncLoadingTieredCache;
import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.LoadContext;
import io.crema.LoadingTieredCache;
import io.crema.Quarantine;
import io.crema.ReadConsistency;
import io.crema.internal.engine.HeldTags;
import io.crema.policy.Degraded;
import io.crema.simulation.Oracle.Check;
import io.crema.testkit.InMemoryRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One instance with its two caches, and everything that is done with them. */
final class Client {

    private static final String EXPIRE = "expire";

    private final World world;
    private final Keys keys;
    private final Oracle oracle;
    private final Plan plan;
    final Host host;
    final Network network;
    final InMemoryRemote remote;
    final Crema crema;
    private final LoadingTieredCache<String, Long> plain;
    private final LoadingTieredCache<String, Long> contextual;
    /** Not read: it is there so that the tags stay. */
    @SuppressWarnings("UnusedVariable")
    private final HeldTags tags;

    /** What was begun and has not ended. */
    private final Map<Long, String> open = new LinkedHashMap<>();

    private final List<Pending> pending = new ArrayList<>();
    private long operations;

    /** Versions of keys that a call covers, and whose invalidation the cache will send again. */
    private record Pending(Map<Integer, Long> covered, boolean contextual) {}

    private static final class OriginFailure extends RuntimeException {

        private static final long serialVersionUID = 1;

        OriginFailure() {
            super("The origin failed", null, false, false);
        }
    }

    Client(
            World world,
            Keys keys,
            Oracle oracle,
            Plan plan,
            Host host,
            Network network,
            InMemoryRemote remote,
            Crema crema) {
        this.world = world;
        this.keys = keys;
        this.oracle = oracle;
        this.plan = plan;
        this.host = host;
        this.network = network;
        this.remote = remote;
        this.crema = crema;
        this.plain = plan.configure(crema, Plan.PLAIN).buildAsync(this::load);
        this.contextual = plan.configure(crema, Plan.CONTEXTUAL).buildWithContext(this::load);
        this.tags = HeldTags.of(contextual.async(), Keys.TAGS);
        host.schedule(Times.millis(20), this::settlePending);
    }

    int number() {
        return host.number();
    }

    boolean runs() {
        return !host.isDead() && !host.isStopped();
    }

    private AsyncLoadingTieredCache<String, Long> cache(boolean isContextual) {
        return (isContextual ? contextual : plain).async();
    }

    private AsyncLoadingTieredCache<String, Long> cache(int key) {
        return cache(keys.kind(key).isContextual());
    }

    // The origin

    private CompletableFuture<Long> load(String name) {
        int key = Values.number(name);
        long value = keys.value(key);
        world.trace.note(world.now(), number(), key, "origin read", Values.versionOf(value));
        CompletableFuture<Long> loaded = new CompletableFuture<>();
        boolean fails = world.chance(plan.failingLoads());
        Runnable end = () -> {
            if (fails) {
                loaded.completeExceptionally(new OriginFailure());
            } else {
                loaded.complete(value);
            }
        };
        if (network.isImmediate()) {
            end.run();
        } else {
            host.schedule(loadTime(), end);
        }
        return loaded;
    }

    private long loadTime() {
        int luck = world.below(100);
        if (luck < 70) {
            return world.between(0, Times.millis(3));
        } else if (luck < 90) {
            return world.between(Times.millis(1), Times.millis(30));
        } else if (luck < 98) {
            return world.between(Times.millis(10), Times.millis(400));
        }
        return world.between(Times.millis(400), Times.millis(2500));
    }

    private Long load(String name, LoadContext<Long> context) {
        int key = Values.number(name);
        world.trace.note(world.now(), number(), key, "origin read", keys.version(key));
        if (world.chance(plan.failingLoads())) {
            throw new OriginFailure();
        }
        if (keys.kind(key) == Kind.TAGGED) {
            context.tags(keys.tag(key));
        } else {
            context.originVersion(keys.version(key));
        }
        if (world.chance(0.02)) {
            context.doNotCache();
        }
        return keys.value(key);
    }

    // Reads

    void read(int key, ReadConsistency consistency) {
        long start = world.now();
        track(
                "read",
                key,
                cache(key).reading(consistency).get(Values.key(key)),
                (value, failure) -> afterRead(key, consistency, start, value, failure));
    }

    void refresh(int key) {
        long start = world.now();
        track(
                "refresh",
                key,
                cache(key).refresh(Values.key(key)),
                (value, failure) -> afterRead(key, ReadConsistency.BOUNDED, start, value, failure));
    }

    void lookUp(int key) {
        long start = world.now();
        track(
                "look-up",
                key,
                cache(key).getIfPresent(Values.key(key)),
                (value, failure) -> afterRead(key, ReadConsistency.BOUNDED, start, value, failure));
    }

    void readAll(boolean isContextual) {
        long start = world.now();
        List<String> names = keys.of(isContextual).stream().map(Values::key).toList();
        track("getAll", Trace.NO_KEY, cache(isContextual).getAll(names), (values, failure) -> {
            if (values == null) {
                afterRead(Trace.NO_KEY, ReadConsistency.BOUNDED, start, null, failure);
            } else {
                values.forEach(
                        (name, value) -> afterRead(Values.number(name), ReadConsistency.BOUNDED, start, value, null));
            }
        });
    }

    private void afterRead(
            int key, ReadConsistency consistency, long start, @Nullable Long value, @Nullable Throwable failure) {
        if (value != null) {
            oracle.read(number(), key, consistency, start, value);
        } else if (failure != null && !isExpected(failure)) {
            oracle.violated(Check.UNEXPECTED, key, "instance " + number() + " got " + failure + " from a read");
        }
    }

    private boolean isExpected(Throwable failure) {
        // Whoever waits for another instance's load is told that it failed; and a refresh that finds what must not be
        // cached
        // removes what is, which may not be confirmed.
        return failure instanceof OriginFailure
                || failure instanceof CacheLoadException && plan.failingLoads() > 0
                || failure instanceof InvalidationPendingException
                || failure instanceof CacheException && plan.degraded() == Degraded.FAIL;
    }

    // Writes

    /** What invalidates: how the call covers which versions is fixed when it is made. */
    private void invalidating(
            String what, List<Integer> those, Supplier<CompletableFuture<Void>> call, Consumer<Boolean> done) {
        Map<Integer, Long> covered = new LinkedHashMap<>();
        those.forEach(key -> covered.put(key, keys.version(key)));
        invalidating(what, covered, call, done);
    }

    private void invalidating(
            String what, Map<Integer, Long> covered, Supplier<CompletableFuture<Void>> call, Consumer<Boolean> done) {
        int first = covered.keySet().iterator().next();
        track(what, first, call.get(), (result, failure) -> {
            if (failure == null) {
                acknowledged(what, covered);
            } else if (failure instanceof InvalidationPendingException) {
                acknowledgedHere(what, covered);
                pending.add(new Pending(covered, keys.kind(first).isContextual()));
            } else if (!(failure instanceof CacheException)) {
                oracle.violated(Check.UNEXPECTED, first, "instance " + number() + " got " + failure + " from " + what);
            }
            done.accept(failure == null);
            if (world.chance(0.3)) {
                covered.keySet().forEach(key -> read(key, ReadConsistency.BOUNDED));
            }
        });
    }

    private void acknowledged(String what, Map<Integer, Long> covered) {
        acknowledgedHere(what, covered);
        covered.forEach(oracle::acknowledged);
    }

    /** What was expired may still be a reserve. */
    private void acknowledgedHere(String what, Map<Integer, Long> covered) {
        if (!what.equals(EXPIRE) || plan.degraded() != Degraded.RESERVE) {
            covered.forEach((key, version) -> oracle.acknowledged(key, version, number()));
        }
    }

    private static void nothing(boolean succeeded) {}

    void invalidate(int key) {
        String name = Values.key(key);
        long version = keys.version(key);
        invalidating(
                "invalidate",
                List.of(key),
                () -> keys.kind(key).hasVersions()
                        ? cache(key).invalidate(name, version)
                        : cache(key).invalidate(name),
                Client::nothing);
    }

    void invalidateAll(List<Integer> those) {
        List<String> names = those.stream().map(Values::key).toList();
        invalidating("invalidateAll", those, () -> cache(those.get(0)).invalidateAll(names), Client::nothing);
    }

    void expire(int key) {
        String name = Values.key(key);
        long version = keys.version(key);
        invalidating(
                EXPIRE,
                List.of(key),
                () -> keys.kind(key).hasVersions()
                        ? cache(key).expire(name, version)
                        : cache(key).expire(name),
                Client::nothing);
    }

    void invalidateTag(String tag) {
        invalidating("invalidateTag", keys.withTag(tag), () -> cache(true).invalidateTag(tag), Client::nothing);
    }

    void clear(boolean isContextual) {
        List<Integer> those = keys.of(isContextual).stream()
                .filter(key -> !keys.kind(key).hasVersions())
                .toList();
        invalidating("clear", those, () -> cache(isContextual).clear(), Client::nothing);
    }

    /** Of a key whose order of writes is told by versions. */
    void putVersion(int key) {
        long version = keys.version(key);
        EntryOptions options = EntryOptions.defaults().originVersion(version);
        invalidating(
                "put version",
                List.of(key),
                () -> cache(key).put(Values.key(key), keys.value(key), options),
                Client::nothing);
    }

    /** Of a key that nobody else writes until it is done. */
    void putLocked(int key) {
        if (!keys.lock(key)) {
            return;
        }
        keys.commit(key);
        EntryOptions options =
                keys.kind(key) == Kind.TAGGED ? EntryOptions.defaults().tags(keys.tag(key)) : EntryOptions.defaults();
        invalidating(
                "put",
                List.of(key),
                () -> cache(key).put(Values.key(key), keys.value(key), options),
                succeeded -> keys.unlock(key));
    }

    void putIfAbsent(int key) {
        if (!keys.lock(key)) {
            return;
        }
        track("putIfAbsent", key, cache(key).putIfAbsent(Values.key(key), keys.value(key)), (stored, failure) -> {
            keys.unlock(key);
            if (failure != null && !(failure instanceof CacheException)) {
                oracle.violated(
                        Check.UNEXPECTED, key, "instance " + number() + " got " + failure + " from putIfAbsent");
            }
        });
    }

    /** Keeps a key empty while the origin changes; ends as it is told to. */
    void quarantine(int key, Ending ending) {
        Duration atMost = Duration.ofMillis(world.between(1500, 2500));
        long until = world.now() + atMost.toNanos();
        long commitAfter = world.between(0, Times.millis(300));
        track(
                "quarantine",
                key,
                cache(key).quarantine(Values.key(key), atMost),
                (held, failure) -> host.schedule(commitAfter, () -> commitQuarantined(key, held, until, ending)));
    }

    private void commitQuarantined(int key, @Nullable Quarantine<Long> held, long until, Ending ending) {
        if (!keys.mayCommit(key)) {
            host.schedule(Times.millis(1), () -> commitQuarantined(key, held, until, ending));
            return;
        }
        long version = keys.commit(key);
        world.trace.note(world.now(), number(), key, "commit", version);
        if (held == null) {
            invalidate(key);
            return;
        }
        if (world.now() < until && plan.keepsQuarantines()) {
            oracle.acknowledged(key, version);
        }
        host.schedule(world.between(0, Times.millis(50)), () -> end(key, version, held, ending));
    }

    /** How a quarantine ends. */
    enum Ending {
        END,
        PUT,
        NEVER
    }

    private void end(int key, long version, Quarantine<Long> held, Ending ending) {
        switch (ending) {
            case END -> invalidating("end quarantine", List.of(key), held::endAsync, Client::nothing);
            case PUT ->
                invalidating(
                        "put in quarantine",
                        Map.of(key, version),
                        () -> held.putAsync(Values.value(key, version)).thenApply(stored -> null),
                        Client::nothing);
            case NEVER -> {
                // As if the process had died; the time of the quarantine ends it.
            }
        }
    }

    /** Whatever was pending and is so no more has been acknowledged. */
    private void settlePending() {
        host.schedule(Times.millis(20), this::settlePending);
        if (pending.isEmpty()) {
            return;
        }
        for (Pending one : List.copyOf(pending)) {
            if ((one.contextual ? contextual : plain).stats().invalidationsPending() == 0) {
                pending.remove(one);
                one.covered.forEach(oracle::acknowledged);
            }
        }
    }

    boolean owesNothing() {
        return pending.isEmpty();
    }

    private <T> void track(
            String what, int key, CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        long number = operations++;
        open.put(number, what + " of key " + key + " begun at " + world.now() / 1000 + " us");
        world.trace.note(world.now(), number(), key, what, number);
        CompletableFuture<T> unused = future.whenComplete((result, failure) -> {
            if (open.remove(number) == null) {
                oracle.violated(Check.UNEXPECTED, key, what + " ended twice");
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause != null) {
                world.trace.note(
                        world.now(),
                        number(),
                        key,
                        what + ": " + cause.getClass().getSimpleName(),
                        number);
            }
            try {
                then.accept(result, cause);
            } catch (RuntimeException e) {
                oracle.violated(Check.TASK, key, what + ": " + e);
            }
        });
    }

    /** What was begun and has not ended. */
    List<String> open() {
        return List.copyOf(open.values());
    }

    void countIn(Counts counts) {
        counts.add(plain.stats());
        counts.add(contextual.stats());
    }

    @Override
    public String toString() {
        return "instance " + number();
    }
}
