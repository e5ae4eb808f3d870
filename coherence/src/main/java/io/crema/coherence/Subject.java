package io.crema.coherence;

import java.util.Set;

/**
 * A cache under test, as one service instance has it: versions of keys, loaded from an origin. Thread-safe. Methods throw
 * what the cache throws; what a call that failed has done is then unknown.
 */
public interface Subject extends AutoCloseable {

    /** What a cache can be asked for besides reads and invalidations. */
    enum Feature {
        READ_LATEST,
        /** A put that is ordered by its version, whoever arrives last. */
        VERSIONED_PUT,
        INVALIDATE_TAG,
        EXPIRE,
        CLEAR
    }

    /**
     * What a read returned.
     *
     * @param fromMemory whether the instance's own memory served it
     */
    record Reading(long version, boolean fromMemory) {}

    /**
     * What has happened so far in this instance.
     *
     * @param gaps times that messages may have been missed
     * @param resyncsKept resynchronisations that proved that nothing was missed
     * @param suspects entries in memory that were asked about because of a gap
     * @param fillsRefused loaded values that were not stored in Redis because something newer was known
     * @param installsRefused values that were not kept in memory because something newer was known
     */
    record Counts(long gaps, long resyncsKept, long suspects, long fillsRefused, long installsRefused) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    gaps + other.gaps,
                    resyncsKept + other.resyncsKept,
                    suspects + other.suspects,
                    fillsRefused + other.fillsRefused,
                    installsRefused + other.installsRefused);
        }

        Counts minus(Counts other) {
            return new Counts(
                    gaps - other.gaps,
                    resyncsKept - other.resyncsKept,
                    suspects - other.suspects,
                    fillsRefused - other.fillsRefused,
                    installsRefused - other.installsRefused);
        }
    }

    Set<Feature> features();

    /** Reads with the bound on staleness, if the cache has one. */
    Reading read(Key key);

    /** Reads what is newest. */
    Reading readLatest(Key key);

    /**
     * The version has been committed to the origin: older ones are not to be returned any more. Returns when the cache says
     * that this is so.
     *
     * @throws PendingException if it will be so once the server is reached, see {@link #pending}
     */
    void invalidate(Key key, long version);

    /** As {@link #invalidate}, with the new value. */
    void put(Key key, long version);

    /** As {@link #invalidate}, but the old value may be kept for emergencies. */
    void expire(Key key, long version);

    /** As {@link #invalidate}, for all keys of a tag. */
    void invalidateTag(String tag);

    /** As {@link #invalidate}, for all keys. */
    void clear();

    /** How many invalidations the cache still owes; 0 if it does not keep those that failed. */
    long pending();

    Counts counts();

    @Override
    void close();

    /** What was asked for could not be done yet, and will be. */
    final class PendingException extends RuntimeException {

        public PendingException(Throwable cause) {
            super(cause);
        }
    }
}
