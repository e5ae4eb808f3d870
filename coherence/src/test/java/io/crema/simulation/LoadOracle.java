package io.crema.simulation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Knows which values were made, and says what was not to be. Only the first violation is kept: what follows may be of its
 * making.
 */
final class LoadOracle {

    /** A value that was made by a load or a put. */
    static final class Made {
        final int key;
        final long version;
        final boolean kept;

        /** When it was last made, renewed or stored. */
        long latest;

        long fresh;

        Made(int key, long version, long now, long fresh, boolean kept) {
            this.key = key;
            this.version = version;
            this.latest = now;
            this.fresh = fresh;
            this.kept = kept;
        }
    }

    /** What was not to be. */
    record Violation(int key, String what) {}

    private final World world;
    final Shelf shelf;
    final LoadHealth health;
    final LoadReaders readers;
    final LoadRules loads;
    final ReadRules reads;
    private final Map<Long, Made> values = new HashMap<>();
    private final long[] lastNull;
    private final long[] nullFresh;
    private long made;
    private @Nullable Violation violation;

    /** @param limit the time limit of commands, in nanoseconds */
    LoadOracle(World world, LoadPlan plan, List<LoadClient> clients, long limit, LoadCounts counts) {
        this.world = world;
        this.shelf = new Shelf(world, this, plan.keys());
        this.health = new LoadHealth(world, clients);
        this.readers = new LoadReaders(world, plan);
        this.loads = new LoadRules(world, plan, this, readers, counts);
        this.reads = new ReadRules(world, plan, this, loads, limit, counts);
        this.lastNull = new long[plan.keys()];
        this.nullFresh = new long[plan.keys()];
        Arrays.fill(lastNull, Long.MIN_VALUE / 2);
    }

    LoadOp begins(LoadOp.Kind kind, int instance, List<Integer> keys) {
        LoadOp op = readers.begins(kind, instance, keys);
        op.thereAtStart = keys.size() == 1 ? shelf.item(keys.get(0)) : null;
        op.alone = keys.stream()
                .noneMatch(key -> readers.hasWaited(instance, key) || loads.runsImpatiently(instance, key));
        return op;
    }

    void wrong(int key, String what) {
        if (violation == null) {
            violation = new Violation(key, what);
            world.trace.note(world.now(), Oracle.EVERYBODY, key, "VIOLATION " + what, 0);
            world.trace.end();
        }
    }

    @Nullable
    Violation violation() {
        return violation;
    }

    // What is made

    long versionOf(long value) {
        return madeOf(value).version;
    }

    private Made madeOf(long value) {
        return Objects.requireNonNull(values.get(value), () -> "nobody made " + value);
    }

    long made(int key, long version, long fresh, boolean kept) {
        made++;
        long value = Values.value(key, made);
        values.put(value, new Made(key, version, world.now(), fresh, kept));
        return value;
    }

    void madeNull(int key, long fresh) {
        lastNull[key] = world.now();
        nullFresh[key] = Math.max(nullFresh[key], fresh);
    }

    void renewed(long value, long fresh) {
        Made it = madeOf(value);
        it.latest = world.now();
        it.fresh = Math.max(it.fresh, fresh);
    }

    /** It was stored remotely, which is when its time begins there. */
    void stored(long value) {
        madeOf(value).latest = world.now();
    }

    void storedNull(int key) {
        lastNull[key] = world.now();
    }

    /** When a load last found that the origin has nothing, or that was stored. */
    long lastNull(int key) {
        return lastNull[key];
    }

    /** The longest time that such a finding was fresh; 0 = it was never cached. */
    long nullFresh(int key) {
        return nullFresh[key];
    }

    /** Null = nobody made it. */
    @Nullable
    Made known(long value) {
        return values.get(value);
    }
}
