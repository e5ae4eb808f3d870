/**
 * The proof of coherence on real servers and processes. {@link io.crema.coherence.CoherenceRun} runs the fault matrix;
 * {@link io.crema.coherence.Subject} is a cache under test.
 */
@NullMarked
package io.crema.coherence;

import org.jspecify.annotations.NullMarked;
