package io.crema.postgres.internal.changes;

import io.crema.InvalidationPendingException;
import io.crema.TieredCache;
import io.crema.postgres.internal.RareLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A cache and the way from the text of a key to the key. Confined to the listener's thread.
 *
 * @param <K> the cache's keys
 */
public final class Feed<K> {

    private static final int KEYS_PER_CALL = 1_000;

    private final String name;
    private final TieredCache<K, ?> cache;
    private final Function<String, ? extends K> keyMapper;

    /** Changes were missed that nobody can name. */
    private boolean gap;

    public Feed(String name, TieredCache<K, ?> cache, Function<String, ? extends K> keyMapper) {
        this.name = name;
        this.cache = Objects.requireNonNull(cache, "cache");
        this.keyMapper = Objects.requireNonNull(keyMapper, "keyMapper");
    }

    /** What became of an invalidation. */
    enum Outcome {
        DONE,
        /** The cache keeps it, in this process, until the remote tier can be told. */
        KEPT,
        /** A gap. */
        FAILED
    }

    void miss() {
        gap = true;
    }

    boolean hasGap() {
        return gap;
    }

    Outcome apply(Batch.Keys texts, RareLog log) {
        if (gap || texts.isAll()) {
            gap = true;
            return clear(log);
        }
        List<K> keys = new ArrayList<>(texts.keys().size());
        try {
            for (String text : texts.keys()) {
                keys.add(Objects.requireNonNull(keyMapper.apply(text), "the key mapper's result"));
            }
        } catch (RuntimeException e) {
            log.warn("Changes for '" + name + "': a key could not be read, so the whole cache is cleared", e);
            gap = true;
            return clear(log);
        }
        Outcome worst = Outcome.DONE;
        for (int from = 0; from < keys.size(); from += KEYS_PER_CALL) {
            List<K> some = keys.subList(from, Math.min(keys.size(), from + KEYS_PER_CALL));
            Outcome outcome = attempt(() -> cache.invalidateAll(some), log);
            if (outcome == Outcome.FAILED) {
                gap = true;
                return outcome;
            }
            worst = outcome == Outcome.KEPT ? outcome : worst;
        }
        return worst;
    }

    /** Closes the gap, if the cache lets it. */
    Outcome clear(RareLog log) {
        Outcome outcome = attempt(cache::clear, log);
        if (outcome != Outcome.FAILED) {
            gap = false;
        }
        return outcome;
    }

    private Outcome attempt(Runnable invalidation, RareLog log) {
        try {
            invalidation.run();
            return Outcome.DONE;
        } catch (InvalidationPendingException e) {
            return Outcome.KEPT;
        } catch (RuntimeException e) {
            log.warn(
                    "Changes for '" + name + "' could not be applied; the cache will be cleared as soon as it can be",
                    e);
            return Outcome.FAILED;
        }
    }
}
