/**
 * What the cache costs beside plain Caffeine and plain Lettuce. {@link io.crema.benchmarks.Benchmarks} runs the suites;
 * {@link io.crema.benchmarks.Suite} says what is measured and which bars it has to reach.
 */
@NullMarked
package io.crema.benchmarks;

import org.jspecify.annotations.NullMarked;
