@NullMarked
package io.crema.internal.coherence;

import org.jspecify.annotations.NullMarked;
