package io.crema.simulation;

import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The library with one rule of the protocol replaced.
 *
 * @param rule the rule, as docs/coherence.md and the design have it
 * @param name what the mutant does instead
 * @param hint a seed that is known to catch it, tried first; 0 = none is
 */
record Mutant(String rule, String name, Setup setup, long hint) {

    Mutant(String rule, String name, Setup setup) {
        this(rule, name, setup, 0);
    }

    Mutant hinted(long seed) {
        return new Mutant(rule, name, setup, seed);
    }

    /** The first run that notices, of so many; the hint counts as one of them. */
    Optional<Verdict> caught(long seeds) {
        return LongStream.concat(LongStream.of(hint).filter(seed -> seed > 0), LongStream.rangeClosed(1, seeds))
                .mapToObj(seed -> Simulation.run(seed, setup))
                .filter(Verdict::isViolated)
                // Of the mutant's making: the library as it is passes the same run.
                .filter(verdict ->
                        !Simulation.run(verdict.seed(), Setup.unchanged()).isViolated())
                .findFirst();
    }
}
