package io.crema.coherence.peers;

import java.io.Serializable;

/**
 * A version as the caches hold it. It knows when it came into this process, by a load or out of Redis: one that was there
 * before a read began was served from memory.
 */
final class CachedVersion implements Serializable {

    private static final long serialVersionUID = 1;

    private final long version;
    /** By {@link System#nanoTime}. */
    private final transient long madeNanos = System.nanoTime();

    CachedVersion(long version) {
        this.version = version;
    }

    long version() {
        return version;
    }

    boolean isMadeBefore(long nanos) {
        return madeNanos - nanos < 0;
    }

    /** Java's own serialization runs no constructor, and so would leave the time out. */
    private Object readResolve() {
        return new CachedVersion(version);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CachedVersion that && version == that.version;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version);
    }

    @Override
    public String toString() {
        return "version " + version;
    }
}
