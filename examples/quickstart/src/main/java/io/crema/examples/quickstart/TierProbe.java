package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;

/**
 * Tells which tier served a read, without a second look-up and outside of the time that is measured.
 *
 * <p>A read that returns an object made after it began waited for the shared tier or the origin, whichever made the
 * object; that holds for callers that joined another's load too. An older object comes from the instance's memory,
 * unless the caller's thread asked the shared tier, which then confirmed what memory held: such a read counts as L2. An
 * object that another thread makes between a reader's first clock reading and its look-up counts for the slower tier.
 */
final class TierProbe {

    private final ThreadLocal<boolean[]> asked = ThreadLocal.withInitial(() -> new boolean[1]);

    /** Called by a reader before it reads. */
    void begin() {
        asked.get()[0] = false;
    }

    /** Called on the thread that asks the shared tier for a record. */
    void sharedTierAsked() {
        asked.get()[0] = true;
    }

    /** Called by the reader with what it got. */
    ReadTier tier(Traced value, long beganNanos) {
        if (value.madeNanos() - beganNanos >= 0) {
            return value.madeBy();
        }
        return asked.get()[0] ? ReadTier.L2 : ReadTier.L1;
    }
}
