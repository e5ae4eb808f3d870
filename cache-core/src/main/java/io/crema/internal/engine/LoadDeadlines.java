package io.crema.internal.engine;

import io.crema.internal.time.Timeouts;
import org.jspecify.annotations.Nullable;

/** The soft and the hard timeout of one load, where there are any. Thread-safe. */
final class LoadDeadlines {

    private final @Nullable Timeouts soft;
    private final @Nullable Timeouts hard;

    // Both guarded by this
    private Timeouts.@Nullable Timer softTimer;
    private Timeouts.@Nullable Timer hardTimer;
    private boolean started;

    LoadDeadlines(@Nullable Timeouts soft, @Nullable Timeouts hard) {
        this.soft = soft;
        this.hard = hard;
    }

    /** Once; what comes later does nothing. */
    synchronized void start(Runnable onSoft, Runnable onHard) {
        if (started) {
            return;
        }
        started = true;
        softTimer = soft == null ? null : soft.begin(onSoft);
        hardTimer = hard == null ? null : hard.begin(onHard);
    }

    /** Neither fires any more. */
    synchronized void cancel() {
        started = true;
        if (softTimer != null) {
            softTimer.cancel();
        }
        if (hardTimer != null) {
            hardTimer.cancel();
        }
    }
}
