/**
 * What the cache does to an origin, and to its readers, when something is wrong: scenarios on a real server with instances
 * in JVMs of their own. {@link io.crema.scenarios.Scenarios} runs them, {@code docs/scenarios.md} says how each is judged.
 */
@NullMarked
package io.crema.scenarios;

import org.jspecify.annotations.NullMarked;
