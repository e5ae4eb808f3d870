package io.crema.simulation;

import io.crema.spi.RemoteCache;
import java.util.function.UnaryOperator;

/**
 * What a simulation of loads runs: the library as it is, or something that breaks its promises.
 *
 * @param policies those that the caches get, of those that the checks go by
 * @param tampering what is done to the remote tier
 */
record LoadSetup(UnaryOperator<LoadPlan> policies, UnaryOperator<RemoteCache> tampering) {

    static LoadSetup unchanged() {
        return new LoadSetup(plan -> plan, cache -> cache);
    }
}
