package io.crema.testkit;

import java.util.Arrays;
import java.util.Collection;

/** Times in which acknowledged invalidations may have been lost: what was acknowledged within counts as so at the end. */
final class Losses {

    private final long[] from;
    private final long[] until;

    /** Of times as distances. */
    Losses(Collection<ReadWindow> windows) {
        long[] pairs = new long[2 * windows.size()];
        int count = 0;
        for (ReadWindow window : windows) {
            pairs[count++] = window.fromNanos();
            pairs[count++] = window.untilNanos();
        }
        pairs = Pairs.sorted(pairs, windows.size());
        // One that ends in another is lost again with that.
        int merged = 0;
        for (int i = 0; i < windows.size(); i++) {
            if (merged > 0 && pairs[2 * i] <= pairs[2 * merged - 1]) {
                pairs[2 * merged - 1] = Math.max(pairs[2 * merged - 1], pairs[2 * i + 1]);
            } else {
                pairs[2 * merged] = pairs[2 * i];
                pairs[2 * merged + 1] = pairs[2 * i + 1];
                merged++;
            }
        }
        from = Pairs.column(pairs, merged, 0);
        until = Pairs.column(pairs, merged, 1);
    }

    /** When what was acknowledged at a time counts as acknowledged. */
    long counts(long ack) {
        int found = Arrays.binarySearch(from, ack);
        int begun = found >= 0 ? found : -found - 2;
        return begun >= 0 && ack <= until[begun] ? until[begun] : ack;
    }
}
