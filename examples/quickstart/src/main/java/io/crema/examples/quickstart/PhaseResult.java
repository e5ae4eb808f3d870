package io.crema.examples.quickstart;

import io.crema.testkit.StalenessReport;

/**
 * What came out for one phase, or for all of them.
 *
 * @param figures what the instances reported
 * @param staleness what the checker found in their histories
 */
record PhaseResult(String name, Figures figures, StalenessReport staleness) {}
