/**
 * What tests of a cache need: time moved by hand, a remote tier in memory with faults on demand, real Redis servers to
 * start and to kill, alone, under sentinels or as a cluster, the contracts that every remote tier and invalidation bus
 * keeps, and the checker that decides from histories whether the bound on staleness was kept.
 */
@NullMarked
package io.crema.testkit;

import org.jspecify.annotations.NullMarked;
