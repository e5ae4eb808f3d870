package io.crema.scenario;

import io.crema.CacheWriter;
import io.crema.WriteContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An origin that can be written, and remembers by whom. */
final class Table implements CacheWriter<String, String> {

    /**
     * A call of the writer.
     *
     * @param value null = the key was deleted
     */
    record Call(String key, @Nullable String value, long writeId, int attempt, String thread) {}

    /** Runs in a call of the writer. */
    interface Hook {
        void run(String key) throws Exception;
    }

    final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, String> rows = new ConcurrentHashMap<>();
    private volatile Hook before = key -> {};
    private volatile Hook after = key -> {};

    /** Runs before a key is changed; the change is not made if it throws. */
    void before(Hook hook) {
        before = hook;
    }

    /** Runs after a key was changed: the change stays if it throws. */
    void after(Hook hook) {
        after = hook;
    }

    @Nullable
    String read(String key) {
        return rows.get(key);
    }

    /** Changes a row behind the cache's back. */
    void set(String key, String value) {
        rows.put(key, value);
    }

    @Override
    public void write(String key, String value, WriteContext context) throws Exception {
        change(key, value, context);
    }

    @Override
    public void delete(String key, WriteContext context) throws Exception {
        change(key, null, context);
    }

    private void change(String key, @Nullable String value, WriteContext context) throws Exception {
        calls.add(new Call(
                key,
                value,
                context.writeId(),
                context.attempt(),
                Thread.currentThread().getName()));
        before.run(key);
        Optional.ofNullable(value).ifPresentOrElse(v -> rows.put(key, v), () -> rows.remove(key));
        after.run(key);
    }
}
