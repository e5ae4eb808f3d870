package io.crema.simulation;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.spi.RemoteCache;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What is simulated: the library as it is, or a mutant of it.
 *
 * @param rules those of an instance
 * @param cache what is done to an instance's view of a cache at the server
 * @param bus what is done to the buses
 */
record Setup(
        Supplier<CoherenceRules> rules,
        Function<World, UnaryOperator<RemoteCache>> cache,
        Function<World, BusTampering> bus) {

    static Setup unchanged() {
        return new Setup(CoherenceRules::new, world -> UnaryOperator.identity(), world -> new BusTampering());
    }

    static Setup ofRules(Supplier<CoherenceRules> rules) {
        Setup rest = unchanged();
        return new Setup(rules, rest.cache, rest.bus);
    }

    static Setup ofCache(Function<World, UnaryOperator<RemoteCache>> cache) {
        Setup rest = unchanged();
        return new Setup(rest.rules, cache, rest.bus);
    }

    static Setup ofBus(Function<World, BusTampering> bus) {
        Setup rest = unchanged();
        return new Setup(rest.rules, rest.cache, bus);
    }
}
