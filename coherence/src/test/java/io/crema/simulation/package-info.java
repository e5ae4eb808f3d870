/** A deterministic simulation of several instances over one server in memory, and the mutants that it has to catch. */
@NullMarked
package io.crema.simulation;

import org.jspecify.annotations.NullMarked;
