package io.crema.testkit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one instance knew of each key, by the number of the key. */
final class InstanceTimeline {

    private static final HighWater NOTHING = new HighWater();

    private @Nullable HighWater[] acked = new @Nullable HighWater[16];
    private @Nullable HighWater[] seen = new @Nullable HighWater[16];

    /** Its own invalidation was acknowledged. */
    void acked(int key, long version, long time) {
        acked = grown(acked, key);
        of(acked, key).add(time, version);
    }

    /** A read of it ended. */
    void seen(int key, long version, long time) {
        seen = grown(seen, key);
        of(seen, key).add(time, version);
    }

    private static HighWater of(@Nullable HighWater[] marks, int key) {
        HighWater mark = marks[key];
        if (mark == null) {
            mark = new HighWater();
            marks[key] = mark;
        }
        return mark;
    }

    private static @Nullable HighWater[] grown(@Nullable HighWater[] marks, int key) {
        return key < marks.length ? marks : Arrays.copyOf(marks, Math.max(key + 1, 2 * marks.length));
    }

    void seal() {
        for (int i = 0; i < acked.length; i++) {
            seal(acked[i]);
        }
        for (int i = 0; i < seen.length; i++) {
            seal(seen[i]);
        }
    }

    private static void seal(@Nullable HighWater mark) {
        if (mark != null) {
            mark.seal();
        }
    }

    HighWater acked(int key) {
        return known(acked, key);
    }

    HighWater seen(int key) {
        return known(seen, key);
    }

    private static HighWater known(@Nullable HighWater[] marks, int key) {
        HighWater mark = key < marks.length ? marks[key] : null;
        return mark == null ? NOTHING : mark;
    }
}
