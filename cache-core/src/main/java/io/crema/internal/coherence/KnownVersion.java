package io.crema.internal.coherence;

import org.jspecify.annotations.Nullable;

/**
 * One version of a tag, as this instance came to know it. Entries refer to it, so a hit reads one field of it and looks
 * nothing up; through it they keep the tag alive.
 */
public final class KnownVersion {

    final Tag tag;
    final long stamp;
    final long token;

    /** The tag partition's generation noted before it was asked for: what it is good for. */
    final long generation;

    /** Never unset: a version that was replaced does not come back within one generation. */
    private volatile boolean superseded;

    /** Entries with the same tags share them, as far as this remembers. */
    private volatile @Nullable EntryTags lastUsedIn;

    KnownVersion(Tag tag, long stamp, long token, long generation) {
        this.tag = tag;
        this.stamp = stamp;
        this.token = token;
        this.generation = generation;
    }

    @Nullable
    EntryTags lastUsedIn() {
        return lastUsedIn;
    }

    void lastUsedIn(EntryTags tags) {
        lastUsedIn = tags;
    }

    boolean isSuperseded() {
        return superseded;
    }

    void supersede() {
        superseded = true;
    }
}
