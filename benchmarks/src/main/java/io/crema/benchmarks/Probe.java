package io.crema.benchmarks;

import java.time.Duration;
import java.util.Map;

/** Measures once, in a JVM of its own, what JMH cannot. Made by its constructor without parameters. */
interface Probe {

    /**
     * Measures.
     *
     * @param time how long to measure, where more time means better numbers
     * @param threads how many threads call, where the probe leaves that open
     */
    Map<Figure, Double> measure(Duration time, int threads) throws Exception;
}
