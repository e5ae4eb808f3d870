package io.crema.internal.remote;

import io.crema.internal.time.InstanceClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Warnings that would come by the thousand: each cause is logged at most once a minute. */
public final class RareLog {

    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Above that, causes are not told apart any more. */
    private static final int MOST_CAUSES = 64;

    private final Logger logger;
    private final InstanceClock clock;
    private final Map<String, Long> lastLogged = new ConcurrentHashMap<>();

    public RareLog(Logger logger, InstanceClock clock) {
        this.logger = logger;
        this.clock = clock;
    }

    /** Logs what happened, with the cause's own words, unless that class of cause was logged a short while ago. */
    public void warn(String what, Throwable cause) {
        String kind = lastLogged.size() < MOST_CAUSES ? what + cause.getClass().getName() : "";
        long now = clock.exact();
        boolean[] due = new boolean[1];
        lastLogged.compute(kind, (k, last) -> {
            due[0] = last == null || now - last >= INTERVAL_NANOS;
            return due[0] ? Long.valueOf(now) : last;
        });
        if (due[0]) {
            logger.log(Level.WARNING, what + " (said once a minute at most): " + cause);
        }
    }

    /** Logs what happens once only. */
    public void say(String what) {
        logger.log(Level.WARNING, what);
    }
}
