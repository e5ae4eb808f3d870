package io.crema.testkit;

import java.util.Arrays;

/**
 * The versions of one key: when each began to be written, and when its invalidation was acknowledged. Told all events,
 * then sealed, then asked.
 */
final class KeyTimeline {

    private static final long[] NONE = {};

    /** Until sealed: a version and when it began to be written, each. */
    private long[] writes = NONE;

    private int writeCount;

    /** Once sealed: the versions written, ascending, and when each began to be. */
    private long[] versions = NONE;

    private long[] begun = NONE;

    /** Once sealed: the times at which any began to be, ascending; mostly the same array. */
    private long[] times = NONE;

    private int lastVersion;
    private int lastTime;
    private final HighWater acked = new HighWater();

    void written(long version, long start) {
        writes = Pairs.grown(writes, writeCount);
        writes[2 * writeCount] = version;
        writes[2 * writeCount + 1] = start;
        writeCount++;
    }

    void invalidated(long version, long ack) {
        acked.add(ack, version);
    }

    void seal() {
        acked.seal();
        writes = Pairs.sorted(writes, writeCount);
        times = Pairs.column(writes, writeCount, 1);
        int kept = firstOfEachVersion();
        versions = Pairs.column(writes, kept, 0);
        begun = kept == writeCount ? times : Pairs.column(writes, kept, 1);
        for (int i = 1; i < writeCount; i++) {
            if (times[i - 1] > times[i]) {
                times = times.clone();
                Arrays.sort(times);
                break;
            }
        }
        writes = NONE;
    }

    /** Leaves of writes of the same version the earliest. Returns how many are left. */
    private int firstOfEachVersion() {
        int kept = 0;
        for (int i = 0; i < writeCount; i++) {
            if (kept > 0 && writes[2 * i] == writes[2 * kept - 2]) {
                writes[2 * kept - 1] = Math.min(writes[2 * kept - 1], writes[2 * i + 1]);
            } else {
                writes[2 * kept] = writes[2 * i];
                writes[2 * kept + 1] = writes[2 * i + 1];
                kept++;
            }
        }
        return kept;
    }

    /** The versions acknowledged. */
    HighWater acked() {
        return acked;
    }

    /** Whether a version was written, as far as the histories tell. */
    boolean knows(long version) {
        lastVersion = Pairs.below(versions, version, lastVersion);
        return lastVersion < versions.length && versions[lastVersion] == version;
    }

    /** When a version that is known began to be written. */
    long begun(long version) {
        lastVersion = Pairs.below(versions, version, lastVersion);
        return begun[lastVersion];
    }

    /** Whether any write began in the time from one to another, both included. */
    boolean begunWithin(long from, long until) {
        lastTime = Pairs.below(times, until + 1, lastTime);
        return lastTime > 0 && times[lastTime - 1] >= from;
    }

    /** The highest version whose write had begun up to a time; {@link Long#MIN_VALUE} if there was none. */
    long highestBegunUpTo(long time) {
        if (times == begun) {
            lastTime = Pairs.below(times, time + 1, lastTime);
            return lastTime == 0 ? Long.MIN_VALUE : versions[lastTime - 1];
        }
        for (int i = versions.length - 1; i >= 0; i--) {
            if (begun[i] <= time) {
                return versions[i];
            }
        }
        return Long.MIN_VALUE;
    }
}
