package io.crema.scenario;

import io.crema.ContextLoader;
import io.crema.LoadContext;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A loader that does what the test has set last; nothing at first. */
final class SetLoader implements ContextLoader<String, String> {

    private final AtomicInteger calls = new AtomicInteger();
    private volatile ContextLoader<String, String> now = (key, context) -> null;

    @Override
    public @Nullable String load(String key, LoadContext<String> context) throws Exception {
        calls.incrementAndGet();
        return now.load(key, context);
    }

    void set(ContextLoader<String, String> loader) {
        now = loader;
    }

    /** Gives a value with tags from now on. */
    void give(@Nullable String value, String... tags) {
        set((key, context) -> {
            context.tags(tags);
            return value;
        });
    }

    /** Gives a value of a version from now on. */
    void giveVersion(String value, long originVersion) {
        set((key, context) -> {
            context.originVersion(originVersion);
            return value;
        });
    }

    /** Loads a value with tags when the test lets it. */
    HeldLoader hold(String... tags) {
        HeldLoader held = new HeldLoader();
        set((key, context) -> {
            context.tags(tags);
            return held.load(key);
        });
        return held;
    }

    int calls() {
        return calls.get();
    }
}
