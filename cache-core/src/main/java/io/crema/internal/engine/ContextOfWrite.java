package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.WriteContext;

/** The write of one key, as its writer sees it. Used by one thread at a time. */
final class ContextOfWrite implements WriteContext {

    private final String cacheName;
    private final Object key;
    private final long writeId;
    private final int attempt;
    private EntryOptions options;

    ContextOfWrite(String cacheName, Object key, long writeId, int attempt, EntryOptions options) {
        this.cacheName = cacheName;
        this.key = key;
        this.writeId = writeId;
        this.attempt = attempt;
        this.options = options;
    }

    /** As the caller gave them, with the version that the writer gave. */
    EntryOptions options() {
        return options;
    }

    @Override
    public long writeId() {
        return writeId;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public WriteContext originVersion(long version) {
        try {
            options = options.originVersion(version);
        } catch (IllegalArgumentException e) {
            throw new CacheException(
                    "Cache '" + cacheName + "': in the writer of a key of type "
                            + key.getClass().getName() + ", " + e.getMessage(),
                    e);
        }
        return this;
    }

    @Override
    public WriteContext of(Object other) {
        if (!key.equals(other)) {
            throw new IllegalArgumentException(
                    "Cache '" + cacheName + "': only the key that is being written has a context, not " + other);
        }
        return this;
    }
}
