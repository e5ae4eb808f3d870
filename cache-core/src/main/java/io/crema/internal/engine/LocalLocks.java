package io.crema.internal.engine;

/**
 * Orders the writes of one key in a cache that shares nothing: what a write looks at must still be so when it installs.
 * Where there is a remote tier, that orders them.
 */
final class LocalLocks {

    /** A power of two. */
    private static final int STRIPES = 64;

    private final Object[] locks = new Object[STRIPES];

    LocalLocks() {
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new Object();
        }
    }

    Object of(Object key) {
        int hash = key.hashCode();
        return locks[(hash ^ (hash >>> 16)) & (STRIPES - 1)];
    }
}
