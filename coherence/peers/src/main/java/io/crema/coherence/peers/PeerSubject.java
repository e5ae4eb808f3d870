package io.crema.coherence.peers;

import io.crema.coherence.Key;
import io.crema.coherence.Setting;
import io.crema.coherence.Subject;
import java.util.Set;
import java.util.function.ToLongFunction;

/** What the peers have in common: reads through a loader, and invalidations. */
abstract class PeerSubject implements Subject {

    /** Room for every key of a run: what is compared is coherence, not eviction. */
    static final int LOCAL_ENTRIES = 10_000;

    private final ToLongFunction<Key> origin;

    PeerSubject(Setting setting) {
        origin = setting.origin();
    }

    /** The cached value of a key; throws if the cache has none to give. */
    abstract CachedVersion get(String name);

    /** A loader, for a key as the cache sees it. Called on threads of the cache's choice. */
    final CachedVersion load(String name) {
        return new CachedVersion(origin.applyAsLong(keyOf(name)));
    }

    @Override
    public final Reading read(Key key) {
        long begun = System.nanoTime();
        CachedVersion value = get(key.name());
        return new Reading(value.version(), value.isMadeBefore(begun));
    }

    @Override
    public final Set<Feature> features() {
        return Set.of();
    }

    @Override
    public final Reading readLatest(Key key) {
        throw new UnsupportedOperationException("No read of what is newest");
    }

    @Override
    public final void put(Key key, long version) {
        throw new UnsupportedOperationException("No put that is ordered by its version");
    }

    @Override
    public final void expire(Key key, long version) {
        throw new UnsupportedOperationException("No expiry that keeps the old value");
    }

    @Override
    public final void invalidateTag(String tag) {
        throw new UnsupportedOperationException("No tags");
    }

    @Override
    public final void clear() {
        throw new UnsupportedOperationException("No removal of all keys at once");
    }

    @Override
    public final long pending() {
        return 0;
    }

    @Override
    public final Counts counts() {
        return new Counts(0, 0, 0, 0, 0);
    }

    /** The inverse of {@link Key#name}. */
    private static Key keyOf(String name) {
        return new Key(Integer.parseInt(name, 1, name.length(), 10));
    }
}
