package io.crema.internal.engine;

import io.crema.CacheWriter;
import io.crema.PartialWriteException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls the user's writer, and says by key what went wrong. */
final class WriterCalls<K, V> {

    private final CacheEngine<K, V> engine;
    private final CacheWriter<K, V> writer;

    WriterCalls(CacheEngine<K, V> engine, CacheWriter<K, V> writer) {
        this.engine = engine;
        this.writer = writer;
    }

    /**
     * What the writer is told of one key.
     *
     * @param value null = it is deleted
     */
    record Told<K, V>(K key, @Nullable V value, ContextOfWrite context) {}

    /** Gives what went wrong; empty = nothing. */
    Map<K, Throwable> callOne(Told<K, V> told) {
        V value = told.value();
        return called(Set.of(told.key()), () -> {
            if (value == null) {
                writer.delete(told.key(), told.context());
            } else {
                writer.write(told.key(), value, told.context());
            }
        });
    }

    /** As {@link #callOne}, of different keys. Each is written or deleted, so the order of the two calls means nothing. */
    Map<K, Throwable> callAll(List<Told<K, V>> all) {
        Map<K, ContextOfWrite> contexts = new LinkedHashMap<>();
        Map<K, V> values = new LinkedHashMap<>();
        Set<K> deleted = new LinkedHashSet<>();
        for (Told<K, V> told : all) {
            contexts.put(told.key(), told.context());
            V value = told.value();
            if (value == null) {
                deleted.add(told.key());
            } else {
                values.put(told.key(), value);
            }
        }
        ContextOfWrites context = new ContextOfWrites(engine.name, contexts);
        Map<K, Throwable> failures = new LinkedHashMap<>();
        if (!values.isEmpty()) {
            failures.putAll(
                    called(values.keySet(), () -> writer.writeAll(Collections.unmodifiableMap(values), context)));
        }
        if (!deleted.isEmpty()) {
            failures.putAll(called(deleted, () -> writer.deleteAll(Collections.unmodifiableSet(deleted), context)));
        }
        return failures;
    }

    /** One call of the writer. */
    private interface Call {
        void run() throws Exception;
    }

    private Map<K, Throwable> called(Set<K> keys, Call call) {
        engine.counters.writes.add(keys.size());
        Map<K, Throwable> failures = new LinkedHashMap<>();
        try {
            engine.requireOpen();
            call.run();
        } catch (PartialWriteException e) {
            keys.stream().filter(e.failedKeys()::contains).forEach(key -> failures.put(key, e));
            if (failures.isEmpty()) {
                // It says that something failed, but not what.
                keys.forEach(key -> failures.put(key, e));
            }
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            keys.forEach(key -> failures.put(key, e));
        }
        engine.counters.writeFailures.add(failures.size());
        return failures;
    }
}
