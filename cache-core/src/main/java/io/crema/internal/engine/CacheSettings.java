package io.crema.internal.engine;

import io.crema.CacheConfiguration;
import io.crema.event.CacheListener;
import io.crema.internal.remote.RemoteSettings;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.HistoryChange;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.ReadClock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one cache, validated.
 *
 * @param onHistoryChange what to do when the remote tier may have forgotten writes
 * @param writing how it writes to its origin; null = not at all
 * @param remote how it is stored remotely; null without a remote tier
 */
public record CacheSettings<K, V>(
        String name,
        Near near,
        Expiration expiration,
        NullCaching nulls,
        Duration staleness,
        HistoryChange onHistoryChange,
        Degraded degraded,
        ReadClock readClock,
        Loading loading,
        List<CacheListener> listeners,
        @Nullable Writing<K, V> writing,
        @Nullable RemoteSettings<K, V> remote) {

    /** By which the coarse clock may be late. */
    private static final Duration CLOCK_MARGIN = Duration.ofMillis(250);

    /** How long a proof counts: the staleness bound less the margin of the clock. */
    Duration window() {
        return staleness.minus(CLOCK_MARGIN);
    }

    CacheConfiguration configuration() {
        return new CacheConfiguration(
                remote != null && remote.codec() != null,
                near,
                expiration,
                nulls,
                staleness,
                onHistoryChange,
                degraded,
                readClock,
                loading.staleOnError(),
                loading.staleWhileRevalidate(),
                loading.refreshAhead(),
                loading.timeouts(),
                loading.bulkhead(),
                loading.singleFlight(),
                loading.failures(),
                loading.abandoned(),
                writing == null ? null : writing.policy());
    }
}
