/**
 * What the cache costs beside plain Caffeine and plain Lettuce. {@link io.crema.benchmarks.Benchmarks} runs the suites;
 * the classes {@code L1Hit}, {@code L2Hit}, {@code Put} and {@code Invalidate} are what is measured.
 */
@NullMarked
package io.crema.benchmarks;

import org.jspecify.annotations.NullMarked;
