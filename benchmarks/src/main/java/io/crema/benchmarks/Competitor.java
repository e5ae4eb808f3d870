package io.crema.benchmarks;

import java.util.Set;

/** One way to do what a suite measures, how that is measured, and with how many threads. */
record Competitor(String name, Way way, Set<Integer> threads) {

    /** How something is measured, in a JVM of its own. */
    sealed interface Way {}

    /** By JMH. */
    record Method(Class<?> type, String method) implements Way {}

    /** By a program of its own, where JMH does not fit. */
    record Program(Class<? extends Probe> type) implements Way {}

    static Competitor of(String name, Class<?> type, String method, Integer... threads) {
        return new Competitor(name, new Method(type, method), Set.of(threads));
    }

    static Competitor probe(String name, Class<? extends Probe> type, Integer... threads) {
        return new Competitor(name, new Program(type), Set.of(threads));
    }

    /** Without threads to choose: a probe makes what it needs. */
    static Competitor of(String name, Class<? extends Probe> type) {
        return new Competitor(name, new Program(type), Set.of(1));
    }
}
