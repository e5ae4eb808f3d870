package io.crema.internal.engine;

import io.crema.WriteContext;
import java.util.Map;

/**
 * Writes of many keys that are made together, as their writer sees them.
 *
 * @param each by key
 */
record ContextOfWrites(String cacheName, Map<?, ContextOfWrite> each) implements WriteContext {

    @Override
    public long writeId() {
        throw perKey("writeId()");
    }

    @Override
    public int attempt() {
        return each.values().stream().mapToInt(ContextOfWrite::attempt).max().orElse(1);
    }

    @Override
    public WriteContext originVersion(long version) {
        throw perKey("originVersion(..)");
    }

    private IllegalStateException perKey(String what) {
        return new IllegalStateException("Cache '" + cacheName
                + "': each of the keys that are written together has its own " + what + "; use context.of(key)");
    }

    @Override
    public WriteContext of(Object key) {
        ContextOfWrite context = each.get(key);
        if (context == null) {
            throw new IllegalArgumentException(
                    "Cache '" + cacheName + "': only keys that are being written have a context, not " + key);
        }
        return context;
    }
}
