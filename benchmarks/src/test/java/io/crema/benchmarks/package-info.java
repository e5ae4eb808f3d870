@NullMarked
package io.crema.benchmarks;

import org.jspecify.annotations.NullMarked;
