package io.crema.loading;

import io.crema.ContextLoader;
import io.crema.LoadContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An origin that does what the test has set last, and counts its calls; nobody may ask it before something is set. */
final class Origin implements ContextLoader<String, String>, AutoCloseable {

    /** What it fails with unless a test says otherwise. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // Nobody asks where it came from.
    static final IllegalStateException DOWN = new IllegalStateException("the origin is down");

    private final AtomicInteger calls = new AtomicInteger();
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private volatile ContextLoader<String, String> now = (key, context) -> {
        throw new AssertionError("loaded " + key);
    };

    @Override
    public @Nullable String load(String key, LoadContext<String> context) throws Exception {
        calls.incrementAndGet();
        return now.load(key, context);
    }

    int calls() {
        return calls.get();
    }

    /** How many threads of the executor wait for the test. */
    int heldOnExecutor() {
        return held.stream().mapToInt(Held::onExecutor).sum();
    }

    void set(ContextLoader<String, String> loader) {
        now = loader;
    }

    void give(@Nullable String value) {
        set((key, context) -> value);
    }

    void fail() {
        fail(DOWN);
    }

    void fail(Exception failure) {
        set((key, context) -> {
            throw failure;
        });
    }

    /** From now on each call waits for the test. */
    Held hold() {
        return waiting(new Held(Held.OnInterrupt.END));
    }

    /** As {@link #hold}, by a loader that no interrupt can end. */
    Held hang() {
        return waiting(new Held(Held.OnInterrupt.GO_ON));
    }

    /** Calls that wait for the test, for a loader that it sets itself. */
    Held held() {
        return added(new Held(Held.OnInterrupt.END));
    }

    private Held waiting(Held calls) {
        set((key, context) -> calls.load());
        return added(calls);
    }

    private Held added(Held calls) {
        held.add(calls);
        return calls;
    }

    /** Ends what still waits. */
    @Override
    public void close() {
        held.forEach(each -> each.fail(new IOException("the test is over")));
    }
}
