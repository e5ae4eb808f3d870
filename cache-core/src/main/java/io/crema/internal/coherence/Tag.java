package io.crema.internal.coherence;

import io.crema.spi.TagVersion;
import org.jspecify.annotations.Nullable;

/**
 * An invalidation tag as this instance knows it. One object serves all entries, flights and fetches that have the tag at
 * one time. It is there before its version is asked for, so that a message that comes before the reply is not lost.
 */
final class Tag {

    final String name;
    private final CoherenceRules rules;

    /** The highest stamp met; only grows. */
    private long highest;

    /** Null while the version is not known. */
    private volatile @Nullable KnownVersion current;

    Tag(String name, CoherenceRules rules) {
        this.name = name;
        this.rules = rules;
    }

    /** The version; null if it is not known, or was learnt in another generation. */
    @Nullable
    KnownVersion current(long generation) {
        KnownVersion known = current;
        return known != null && known.generation == generation ? known : null;
    }

    /** It was invalidated. A message names no token, so what the version is now has to be asked. */
    synchronized void raise(long stamp) {
        if (rules.supersedes(stamp, highest)) {
            highest = stamp;
            forget();
        }
    }

    /** The version is to be asked for. */
    synchronized void forget() {
        KnownVersion known = current;
        if (known != null) {
            known.supersede();
        }
        current = null;
    }

    /**
     * A reply told the version.
     *
     * @param noted the tag partition's generation before the request was sent
     * @param generation its generation now
     * @return the version, already superseded if the reply was overtaken
     */
    synchronized KnownVersion answered(TagVersion version, long noted, long generation) {
        raise(version.stamp());
        KnownVersion known = current(noted);
        if (known != null && rules.sameVersion(known.stamp, known.token, version.stamp(), version.token())) {
            return known;
        }
        KnownVersion told = new KnownVersion(this, version.stamp(), version.token(), noted);
        if (rules.mayKnow(version.stamp(), highest, noted, generation)) {
            forget();
            current = told;
        } else {
            told.supersede();
        }
        return told;
    }
}
