package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long callers wait for a load, from when the origin is turned to, which includes the wait for another instance's
 * load. With any of them set, blocking loaders run on threads of their own instead of the caller's.
 *
 * @param soft after it, callers get the reserve if there is one ({@link StaleOnError}), and the load goes on behind them;
 *     who comes when that load still runs, but the reserve's limit is over, begins one more where there is no remote tier.
 *     null = none
 * @param hard after it, the load has failed with {@link io.crema.LoadTimeoutException}: its thread is interrupted, the key
 *     is free for the next load, and what the loader may still return is dropped; null = none
 */
public record LoadTimeouts(
        @Nullable Duration soft, @Nullable Duration hard) implements Policy {

    private static final LoadTimeouts NONE = new LoadTimeouts(null, null);

    /** Callers wait as long as it takes. */
    public static LoadTimeouts none() {
        return NONE;
    }

    /** After that time callers get the reserve, if there is one. */
    public static LoadTimeouts soft(Duration soft) {
        return new LoadTimeouts(Objects.requireNonNull(soft, "soft"), null);
    }

    /** The same with a hard limit; on its own as {@code none().hard(..)}. */
    public LoadTimeouts hard(Duration hard) {
        return new LoadTimeouts(soft, Objects.requireNonNull(hard, "hard"));
    }

    @Override
    public List<String> faults() {
        return Faults.of(LoadTimeouts.class)
                .duration("soft", soft)
                .duration("hard", hard)
                .unless(
                        soft == null || hard == null || soft.compareTo(hard) < 0,
                        "soft must be shorter than hard, which is " + hard + ", but is " + soft)
                .list();
    }
}
