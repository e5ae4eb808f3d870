package io.crema.postgres.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Warnings that would come by the thousand: each is logged at most once a minute. */
public final class RareLog {

    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger logger;
    private final Map<String, Long> lastLogged = new ConcurrentHashMap<>();

    public RareLog(Logger logger) {
        this.logger = logger;
    }

    /** @param what one of a few texts */
    public void warn(String what, Throwable cause) {
        long now = System.nanoTime();
        boolean[] due = new boolean[1];
        lastLogged.compute(what, (k, last) -> {
            due[0] = last == null || now - last >= INTERVAL_NANOS;
            return due[0] ? Long.valueOf(now) : last;
        });
        if (due[0]) {
            logger.log(Level.WARNING, what + " (said once a minute at most): " + cause);
        }
    }
}
