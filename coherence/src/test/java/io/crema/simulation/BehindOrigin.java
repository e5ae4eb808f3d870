package io.crema.simulation;

import io.crema.CacheWriter;
import io.crema.PartialWriteException;
import io.crema.WriteContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a simulation of writes behind: rows that remember the id of the write that made them, and refuse older
 * ones. What was sent to it is made, whatever becomes of who sent it.
 */
final class BehindOrigin {

    /** What it does at present. */
    enum Mood {
        UP,
        SLOW,
        /** Some writes fail, before or after they were made. */
        SHAKY,
        DOWN,
        HANGING
    }

    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        Failure() {
            super("The origin failed", null, false, false);
        }
    }

    /** @param value {@link BehindOracle#DELETED} = there is none */
    record Row(long id, long value) {

        static final Row EMPTY = new Row(0, BehindOracle.DELETED);
    }

    /** @param value as of a row */
    private record Told(int key, long value, WriteContext context) {

        long id() {
            return context.writeId();
        }
    }

    private final World world;
    private final BehindOracle oracle;
    private final BehindCalls calls;
    private final Map<Integer, Row> rows = new HashMap<>();

    /** A key that no write of is made; -1 = none. */
    private int poison = -1;

    private Mood mood = Mood.UP;

    /** How many writes were sent to it that it has not made yet, nor refused. */
    private int onTheirWay;

    BehindOrigin(World world, BehindOracle oracle) {
        this.world = world;
        this.oracle = oracle;
        this.calls = new BehindCalls(world, oracle);
    }

    BehindCalls calls() {
        return calls;
    }

    void be(Mood newMood) {
        mood = newMood;
        world.trace.note(world.now(), Oracle.EVERYBODY, Trace.NO_KEY, "ORIGIN " + newMood, 0);
    }

    void poison(int key) {
        poison = key;
    }

    void heal() {
        be(Mood.UP);
        poison = -1;
    }

    boolean isIdle() {
        return onTheirWay == 0;
    }

    Row row(int key) {
        return rows.getOrDefault(key, Row.EMPTY);
    }

    long lastId(int key) {
        return row(key).id();
    }

    // Loads

    CompletableFuture<@Nullable Long> load(int instance, String name) {
        int key = Values.number(name);
        CompletableFuture<@Nullable Long> loaded = new CompletableFuture<>();
        boolean fails = mood == Mood.DOWN || mood == Mood.SHAKY && world.chance(0.3);
        long takes = world.chance(0.1)
                ? world.between(0, Times.millis(400))
                : world.between(Times.micros(50), Times.millis(20));
        boolean early = world.chance(0.7);
        Row before = row(key);
        world.after(takes, () -> {
            Row row = early ? before : row(key);
            world.trace.note(world.now(), instance, key, "loaded", row.id());
            if (fails) {
                loaded.completeExceptionally(new Failure());
            } else {
                loaded.complete(row.value() == BehindOracle.DELETED ? null : row.value());
            }
        });
        return loaded;
    }

    // Writes

    CacheWriter<String, Long> writer(int instance) {
        return new Writer(instance);
    }

    private final class Writer implements CacheWriter<String, Long> {

        private final int instance;

        Writer(int instance) {
            this.instance = instance;
        }

        @Override
        public void write(String key, Long value, WriteContext context) throws Exception {
            make(instance, List.of(new Told(Values.number(key), value, context)));
        }

        @Override
        public void delete(String key, WriteContext context) throws Exception {
            make(instance, List.of(new Told(Values.number(key), BehindOracle.DELETED, context)));
        }

        @Override
        public void writeAll(Map<String, Long> values, WriteContext context) throws Exception {
            List<Told> all = new ArrayList<>();
            values.forEach((key, value) -> all.add(new Told(Values.number(key), value, context.of(key))));
            make(instance, all);
        }

        @Override
        public void deleteAll(Set<String> keys, WriteContext context) throws Exception {
            List<Told> all = new ArrayList<>();
            keys.forEach(key -> all.add(new Told(Values.number(key), BehindOracle.DELETED, context.of(key))));
            make(instance, all);
        }
    }

    private void make(int instance, List<Told> all) throws Exception {
        all.forEach(told -> calls.begins(instance, told.key, told.id(), told.value, told.context.attempt()));
        Set<String> failed = new LinkedHashSet<>();
        boolean well = false;
        try {
            boolean single = send(all, failed);
            if (!failed.isEmpty()) {
                throw single ? new Failure() : new PartialWriteException(failed, new Failure());
            }
            well = true;
        } finally {
            boolean none = well;
            all.forEach(told -> calls.ended(
                    instance, told.key, !none && (failed.isEmpty() || failed.contains(Values.key(told.key)))));
        }
    }

    /** Gives whether a failure concerns all. */
    private boolean send(List<Told> all, Set<String> failed) throws InterruptedException {
        long takes = takes();
        boolean[] cancelled = new boolean[1];
        for (Told told : all) {
            boolean fails = told.key == poison || fails();
            if (fails) {
                failed.add(Values.key(told.key));
            }
            // What fails may have been made all the same.
            if (told.key != poison && (!fails || world.chance(0.4))) {
                onTheirWay++;
                world.after(world.between(0, takes), () -> {
                    onTheirWay--;
                    if (!cancelled[0]) {
                        store(told);
                    }
                });
            }
        }
        boolean whole = all.size() == 1 || failed.size() == all.size() && world.chance(0.5);
        if (!failed.isEmpty() && !whole && world.chance(0.1)) {
            // It says that something failed, but not what.
            all.forEach(told -> failed.add(Values.key(told.key)));
            whole = true;
        }
        Coroutines.Worker worker = Coroutines.current();
        try {
            worker.block(takes);
        } catch (InterruptedException e) {
            cancelled[0] = world.chance(0.5);
            failed.clear();
            throw e;
        }
        return whole;
    }

    private boolean fails() {
        return switch (mood) {
            case UP, SLOW, HANGING -> false;
            case SHAKY -> world.chance(0.4);
            case DOWN -> true;
        };
    }

    private long takes() {
        boolean hangs = mood == Mood.HANGING && world.chance(0.4);
        boolean slow = mood == Mood.SLOW || world.chance(0.02);
        return hangs
                ? Times.millis(8_000)
                : world.between(Times.micros(50), slow ? Times.millis(2_500) : Times.millis(20));
    }

    private void store(Told told) {
        Row row = row(told.key);
        boolean late = told.id() < row.id();
        world.trace.note(world.now(), Oracle.EVERYBODY, told.key, late ? "refused" : "ROW", told.id());
        if (late) {
            oracle.counts.lateWrites++;
        } else {
            rows.put(told.key, new Row(told.id(), told.value));
        }
    }
}
