package io.crema.simulation;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a mutant of the bus does otherwise; this one does nothing. */
class BusTampering {

    /** Whether a message to an instance is dropped now. */
    boolean drops(Host to) {
        return false;
    }

    /** Whether messages overtake each other. */
    boolean reorders() {
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
