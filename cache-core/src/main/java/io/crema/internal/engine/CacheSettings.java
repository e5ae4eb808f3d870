package io.crema.internal.engine;

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
 * @param window the staleness bound less the margin by which the coarse clock may be late
 * @param onHistoryChange what to do when the remote tier may have forgotten writes
 * @param writing how it writes to its origin; null = not at all
 * @param remote how it is stored remotely; null without a remote tier
 */
public record CacheSettings<K, V>(
        String name,
        Near near,
        Expiration expiration,
        NullCaching nulls,
        Duration window,
        HistoryChange onHistoryChange,
        Degraded degraded,
        ReadClock readClock,
        Loading loading,
        List<CacheListener> listeners,
        @Nullable Writing<K, V> writing,
        @Nullable RemoteSettings<K, V> remote) {}
