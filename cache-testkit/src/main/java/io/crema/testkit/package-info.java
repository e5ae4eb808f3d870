/**
 * What tests of a cache need: time moved by hand, a remote tier in memory with faults on demand, and the contracts that
 * every remote tier and invalidation bus keeps.
 */
@NullMarked
package io.crema.testkit;

import org.jspecify.annotations.NullMarked;
