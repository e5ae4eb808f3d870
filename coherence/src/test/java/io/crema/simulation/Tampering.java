package io.crema.simulation;

import io.crema.spi.RemoteCache;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a mutant of the remote tier and its bus does otherwise, for all instances of a run; this one does nothing. */
class Tampering {

    /** An instance's view of a cache, at the server: what it does is done at once. */
    RemoteCache of(RemoteCache cache, Host host) {
        return cache;
    }

    /** Whether a message to an instance is dropped now. */
    boolean drops(Host to) {
        return false;
    }

    /** Whether a subscription is acknowledged before it is made. */
    boolean acknowledgesEarly() {
        return false;
    }

    void heartbeat(SlowConnection over, BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        over.beat(reply);
    }
}
