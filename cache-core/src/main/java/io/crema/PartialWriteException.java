package io.crema;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of many keys that were to be written together some could not be; the origin has what was to be written of the others.
 * Thrown by {@link CacheWriter}s, and by the cache to the caller.
 */
public class PartialWriteException extends CacheException {

    private static final long serialVersionUID = 1L;

    /** Keys need not be serializable. */
    private final transient @Nullable Set<Object> failedKeys;

    /**
     * @param failedKeys at least one of the keys that the writer was given
     * @param cause why; null = not known
     */
    public PartialWriteException(Collection<?> failedKeys, @Nullable Throwable cause) {
        this(failedKeys.size() + " of the writes that were made together failed", failedKeys, cause);
    }

    /** As {@link #PartialWriteException(Collection, Throwable)} with a message. */
    public PartialWriteException(String message, Collection<?> failedKeys, @Nullable Throwable cause) {
        super(message, cause);
        this.failedKeys = Set.copyOf(failedKeys);
    }

    /** The keys that could not be written; empty if this was deserialized. */
    public Set<Object> failedKeys() {
        return failedKeys == null ? Set.of() : failedKeys;
    }

    /** The first failure is the cause, the others are suppressed by it. */
    static void throwIfAny(Map<?, Exception> failures) {
        if (!failures.isEmpty()) {
            PartialWriteException all = new PartialWriteException(
                    failures.keySet(), failures.values().iterator().next());
            failures.values().stream().skip(1).forEach(all::addSuppressed);
            throw all;
        }
    }
}
