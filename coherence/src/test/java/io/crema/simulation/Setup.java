package io.crema.simulation;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.testkit.InMemoryServer;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * What is simulated: the library as it is, or a mutant of it.
 *
 * @param rules those of an instance
 * @param tampering what is done to the remote tier, once for a run
 */
record Setup(Supplier<CoherenceRules> rules, BiFunction<World, InMemoryServer, Tampering> tampering) {

    static Setup unchanged() {
        return new Setup(CoherenceRules::new, (world, server) -> new Tampering());
    }

    static Setup of(Supplier<CoherenceRules> rules) {
        return new Setup(rules, unchanged().tampering);
    }

    static Setup of(BiFunction<World, InMemoryServer, Tampering> tampering) {
        return new Setup(CoherenceRules::new, tampering);
    }
}
