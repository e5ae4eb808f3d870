package io.crema.spring.boot.actuate;

import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.BreakerChanged;
import io.crema.event.CacheEvent.LeaseChanged;
import io.crema.event.CacheListener;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What the caches said last of the remote tier. Thread-safe. */
final class RemoteState implements CacheListener {

    private final Set<String> withoutProof = ConcurrentHashMap.newKeySet();
    private volatile BreakerChanged.State breaker = BreakerChanged.State.CLOSED;

    @Override
    public void onEvent(CacheEvent event) {
        if (event instanceof BreakerChanged changed) {
            breaker = changed.to();
        } else if (event instanceof LeaseChanged changed) {
            if (changed.held()) {
                withoutProof.remove(changed.cache());
            } else {
                withoutProof.add(changed.cache());
            }
        }
    }

    BreakerChanged.State breaker() {
        return breaker;
    }

    /** Caches whose memory is not proved to be within the bound, because no heartbeat comes through. */
    Set<String> withoutProof() {
        return new TreeSet<>(withoutProof);
    }

    boolean isWell() {
        return breaker == BreakerChanged.State.CLOSED && withoutProof.isEmpty();
    }
}
