package io.crema.testkit;

/**
 * The highest version that was known at each time, of one key. Told times and versions in any order, then sealed, then
 * asked. Keeps only what raised the mark, about 16 bytes each.
 */
final class HighWater {

    /** Later than any time. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long[] NONE = {};

    /** Until sealed: a time and a version each. */
    private long[] pairs = NONE;

    private int count;

    /** Once sealed: both ascending, no two the same. */
    private long[] times = NONE;

    private long[] versions = NONE;
    private int lastTime;
    private int lastVersion;

    void add(long time, long version) {
        if (count > 0 && time >= pairs[2 * count - 2] && version <= pairs[2 * count - 1]) {
            return;
        }
        if (2 * count == pairs.length) {
            prune();
            if (4 * count >= pairs.length) {
                pairs = Pairs.grown(pairs, pairs.length / 2);
            }
        }
        pairs[2 * count] = time;
        pairs[2 * count + 1] = version;
        count++;
    }

    /** Drops what did not raise the mark. */
    private void prune() {
        pairs = Pairs.sorted(pairs, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long time = pairs[2 * i];
            long version = pairs[2 * i + 1];
            if (kept > 0 && version <= pairs[2 * kept - 1]) {
                continue;
            }
            if (kept == 0 || time > pairs[2 * kept - 2]) {
                kept++;
            }
            pairs[2 * kept - 2] = time;
            pairs[2 * kept - 1] = version;
        }
        count = kept;
    }

    void seal() {
        prune();
        times = Pairs.column(pairs, count, 0);
        versions = Pairs.column(pairs, count, 1);
        pairs = NONE;
    }

    /** When a version higher than one was first known, or {@link #NEVER}. */
    long firstAbove(long version) {
        if (version == Long.MAX_VALUE) {
            return NEVER;
        }
        lastVersion = Pairs.below(versions, version + 1, lastVersion);
        return lastVersion == versions.length ? NEVER : times[lastVersion];
    }

    /** The highest version known before a time, or {@link Long#MIN_VALUE} if there was none. */
    long highestBefore(long time) {
        lastTime = Pairs.below(times, time, lastTime);
        return lastTime == 0 ? Long.MIN_VALUE : versions[lastTime - 1];
    }
}
