/**
 * The crash test of writes behind the caller: {@link io.crema.coherence.crash.CrashRun} kills instances and stops servers while
 * writes are made, and {@link io.crema.coherence.crash.Judge} compares what was acknowledged with what the database has.
 */
@NullMarked
package io.crema.coherence.crash;

import org.jspecify.annotations.NullMarked;
