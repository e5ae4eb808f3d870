package io.crema.internal.engine;

import io.crema.AsyncTieredCache;
import io.crema.internal.coherence.TagTable;
import java.util.List;

/**
 * Keeps tags of a cache in its table. A tag that nothing holds any more leaves when the garbage collector finds out, and
 * what a run does must not depend on when that is.
 */
public final class HeldTags {

    /** Not read: it is there so that the tags are. */
    @SuppressWarnings("UnusedVariable")
    private final TagTable.Question held;

    private HeldTags(TagTable.Question held) {
        this.held = held;
    }

    /** @param cache one that has been opened at its remote tier */
    public static HeldTags of(AsyncTieredCache<?, ?> cache, List<String> tags) {
        return new HeldTags(((AsyncCache<?, ?>) cache).engine.tags().table().ask(tags));
    }
}
